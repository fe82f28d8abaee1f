'use strict';
// What Node's clients, unmodified, find at the simulator: `node claims.js http://127.0.0.1:8082`.
//
// One line per claim, in the words of Rust's test programs; ends with 1 at the first claim that does not hold.
// Moves the simulator's clock, so not against one that others are using.

const packages = {
  auth_core: [require('./auth_core')],
  co_wechat_api: [require('./co_wechat_api')],
  co_wechat_oauth: [require('./co_wechat_login'), require('./co_wechat_tokens')],
  passport_wechat: [require('./passport_wechat')],
};

async function main() {
  let done = 0;
  for (const [name, modules] of Object.entries(packages)) {
    for (const [claim, holds] of modules.flatMap(Object.entries)) {
      try {
        await holds();
      } catch (error) {
        console.log(`test ${name}::${claim} ... FAILED\n${error.stack}`);
        console.log(`test result: FAILED. ${done} passed; 1 failed; 0 ignored`);
        return 1;
      }
      console.log(`test ${name}::${claim} ... ok`);
      done += 1;
    }
  }
  console.log(`test result: ok. ${done} passed; 0 failed; 0 ignored`);
  return 0;
}

// Once the lines are out: what clients keep open for later would hold the process.
main().then((status) => process.stdout.write('', () => process.exit(status)));
