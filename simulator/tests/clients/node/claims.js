'use strict';
// What co-wechat-oauth, unmodified, finds at the simulator: `node claims.js http://127.0.0.1:8082`.
//
// One line per claim, in the words of Rust's test programs; ends with 1 at the first claim that does not hold.
// Moves the simulator's clock, so not against one that others are using.

const claims = Object.entries({ ...require('./login'), ...require('./tokens') });

async function main() {
  for (const [done, [name, holds]] of claims.entries()) {
    try {
      await holds();
    } catch (error) {
      console.log(`test co_wechat_oauth::${name} ... FAILED\n${error.stack}`);
      console.log(`test result: FAILED. ${done} passed; 1 failed; 0 ignored`);
      return 1;
    }
    console.log(`test co_wechat_oauth::${name} ... ok`);
  }
  console.log(`test result: ok. ${claims.length} passed; 0 failed; 0 ignored`);
  return 0;
}

// Not by process.exit at once: a piped stdout may still hold lines.
main().then((status) => {
  process.exitCode = status;
});
