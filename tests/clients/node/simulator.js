'use strict';
// The simulator under test, and the way there for clients that have WeChat's hosts inside.

const phone = require('./phone');

const simulator = (process.argv[2] ?? '').replace(/\/$/, '');
const BOOKS = ['wx00000000000000a1', 'simulator-secret-a1'];
const FLOWERS = ['wx00000000000000b1', 'simulator-secret-b1'];
const WEBSITE = ['wx00000000000000d1', 'simulator-secret-d1'];

/** An address of WeChat's with the simulator's host in it, and nothing else changed. */
const there = (url) => String(url).replace(/^https:\/\/(api|open)\.weixin\.qq\.com/, simulator);

/** Moves the simulator's clock. */
const skip = (seconds) => phone.steer(simulator, 'POST', '/_simulator/clock', { advance_seconds: seconds });

/** Sets these switches and all others to their defaults. */
const settings = (changed = {}) => phone.steer(simulator, 'PUT', '/_simulator/settings', changed);

/** What the simulator knows somebody by, under this account. */
async function ids(person, [appid]) {
  const answer = await fetch(`${simulator}/_simulator/personas/${person}/ids`);
  return (await answer.json())[appid];
}

module.exports = { BOOKS, FLOWERS, ids, settings, simulator, skip, there, WEBSITE };
