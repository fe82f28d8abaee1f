'use strict';
// A phone with WeChat, as far as a login needs one: opens an authorize address and answers the pages it meets.

const WECHAT =
  'Mozilla/5.0 (Linux; Android 16; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/142.0.7444.158 ' +
  'Mobile Safari/537.36 XWEB/1420037 MicroMessenger/8.0.63.2920(0x28003F3C) WeChat/arm64 Weixin NetType/4G';

/** Sends JSON to the simulator's own addresses. */
async function steer(simulator, method, path, body) {
  const headers = { 'Content-Type': 'application/json' };
  const answer = await fetch(`${simulator}${path}`, { method, headers, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${answer.status} to ${method} ${path}: ${await answer.text()}`);
}

/** Opens the address on somebody's new phone, says 允许 where asked, and gives the query of the callback. */
async function authorize(simulator, url, person = 'xiaoming') {
  await steer(simulator, 'PUT', '/_simulator/current', { persona: person });
  let [address, request] = [url, {}];
  for (let step = 0; step < 5; step += 1) {
    const answer = await fetch(address, { redirect: 'manual', headers: { 'User-Agent': WECHAT }, ...request });
    const page = await answer.text();
    if (answer.headers.has('Location')) {
      const target = new URL(answer.headers.get('Location'), address);
      if (target.origin !== simulator) return target.searchParams;
      [address, request] = [target.href, {}];
    } else {
      const form = allowForm(page);
      if (!form) throw new Error(`no way to say 允许 on this page:\n${page}`);
      [address, request] = [new URL(form.action, address).href, { method: 'POST', body: form.fields }];
    }
  }
  throw new Error(`still no callback at ${address}`);
}

/** Opens a website's QR page as a computer would, scans it, says 允许, and gives the query of the callback. */
async function scan(simulator, url, person = 'xiaoming') {
  await steer(simulator, 'PUT', '/_simulator/current', { persona: person });
  const shown = (await (await fetch(url)).text()).match(/\/_simulator\/scan\/\w+/);
  if (!shown) throw new Error(`no QR code to scan at ${url}`);
  const address = `${simulator}${shown[0]}`;
  const form = allowForm(await (await fetch(address)).text());
  await fetch(address, { method: 'POST', body: form.fields });
  return authorize(simulator, `${address}/continue`, person);
}

/** The form with a button whose value is `allow`: where it goes, and what it sends when that is pressed. */
function allowForm(page) {
  for (const [, opening, inside] of page.matchAll(/<form\b([^>]*)>(.*?)<\/form>/gs)) {
    const tags = [...inside.matchAll(/<(input|button)\b([^>]*)>/g)].map(([, tag, rest]) => ({ tag, rest }));
    const button = tags.find(({ tag, rest }) => tag === 'button' && attribute(rest, 'value') === 'allow');
    if (!button) continue;
    const fields = new URLSearchParams({ [attribute(button.rest, 'name')]: 'allow' });
    for (const { tag, rest } of tags) {
      const isChoice = /\btype="(radio|checkbox)"/.test(rest);
      if (tag !== 'input' || (isChoice && !/\bchecked\b/.test(rest))) continue;
      fields.append(attribute(rest, 'name'), attribute(rest, 'value'));
    }
    return { action: attribute(opening, 'action'), fields };
  }
  return undefined;
}

function attribute(text, name) {
  const value = text.match(new RegExp(`\\b${name}="([^"]*)"`))?.[1] ?? '';
  return value.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&amp;', '&');
}

module.exports = { authorize, scan, steer };
