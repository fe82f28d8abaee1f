// What the pages say about errors, orders and people.
import { refusal } from './api.js';
import { texts } from './texts.js';

/** What happened and what the user can do. */
export function explain(error) {
  if (!error.response) return texts.unreachable;
  return texts[refusal(error)?.code] ?? texts.garbled;
}

/** A session's name and picture. */
export function person({ profile }) {
  if (!profile) return { name: texts.no_profile, picture: '' };
  return { name: profile.nickname.trim() || texts.no_nickname, picture: profile.headimgurl };
}

/** The first letter of a name stands in for a picture. */
export const letter = (name) => Array.from(name.trim())[0] ?? '·';

/** The amount in the reader's manner, such as `¥68.00`; empty if unknown. */
export function price({ amount, currency = 'CNY' }) {
  if (amount === undefined) return '';
  return (amount / 100).toLocaleString(texts.lang, { style: 'currency', currency });
}

/** The day in the reader's manner, of seconds since 1970. */
export const day = (seconds) => new Date(seconds * 1000).toLocaleDateString(texts.lang);

/** Orders by official account, that of the newest one first. */
export function byAccount(records) {
  const groups = new Map();
  for (const record of records) {
    if (!groups.has(record.account)) groups.set(record.account, []);
    groups.get(record.account).push(record);
  }
  return [...groups];
}

/** Puts a text into the clipboard; says whether it worked. By the old command, which webviews have. */
export function copy(text) {
  const area = document.createElement('textarea');
  area.value = text;
  area.className = 'offscreen';
  area.readOnly = true;
  document.body.append(area);
  area.select();
  const copied = document.execCommand('copy');
  area.remove();
  return copied;
}
