#!/bin/bash
# jweixin 1.6.0 (npm weixin-js-sdk 1.6.5): wx.config is refused in a WeChat whose number in the user agent is 1.0.5 (the
# first WeChat for HarmonyOS NEXT is reported to be numbered 1.0) or 10.0.0.
#
# WeChat's guide: a config that fails calls the function given to wx.error.
#
# Expected: wx.error is called with what the client said, whatever the client's number is.
# Seen:     in 8.0.57 it is; in 1.0.5 and 10.0.0 never, and the functions given to wx.ready run as if all were well (numbers
#           are compared as texts, and "1" sorts before "6"). A page that waits for wx.error shows nothing.
#
# Ends with 0 while that is so, with 1 once it changes. Needs Node 20 and npm's registry, nothing of WeChat's.
set -u
folder=$(mktemp -d) && trap 'rm -rf "$folder"' EXIT && cd "$folder" || exit 2
npm init -y >/dev/null && npm install --silent --no-audit --no-fund --ignore-scripts weixin-js-sdk@1.6.5 >/dev/null || exit 2
cat >try.cjs <<'JS'
const { readFileSync } = require('node:fs');
const sdk = readFileSync('node_modules/weixin-js-sdk/index.js', 'utf8');

// A page in this WeChat, whose bridge refuses the signature as WeChat's does.
const refused = (version) => new Promise((resolve) => {
  const userAgent = `Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile Safari/537.36 MicroMessenger/${version}(0x28003936) NetType/WIFI Language/zh_CN`;
  const bridge = { on() {}, invoke: (name, parameters, done) => setTimeout(done, 0, { err_msg: 'config:invalid signature' }) };
  const document = { title: '', addEventListener() {} };
  const page = { navigator: { userAgent, platform: 'Linux armv8l' }, location: { href: 'https://shop.example/' }, document, WeixinJSBridge: bridge, performance: {} };
  const module = { exports: {} };
  new Function('window', 'document', 'navigator', 'location', 'WeixinJSBridge', 'Image', 'module', 'exports', sdk)
    .call(page, page, document, page.navigator, page.location, bridge, class {}, module, module.exports);
  const called = [];
  module.exports.ready(() => called.push('ready'));
  module.exports.error((answer) => called.push(`error (${answer.errMsg})`));
  module.exports.config({ appId: 'wx00000000000000a1', timestamp: 1, nonceStr: 'n', signature: 's', jsApiList: ['scanQRCode'] });
  setTimeout(() => resolve(called.join(', ')), 200);
});

(async () => {
  console.log(`weixin-js-sdk ${JSON.parse(readFileSync('node_modules/weixin-js-sdk/package.json')).version}`);
  console.log('expected: error for each');
  const seen = [];
  for (const version of ['8.0.57', '1.0.5', '10.0.0']) {
    seen.push(await refused(version));
    console.log(`seen:     MicroMessenger/${version}: ${seen.at(-1)}`);
  }
  process.exit(seen[0].startsWith('error (') && seen[1] === 'ready' && seen[2] === 'ready' ? 0 : 1);
})();
JS
node try.cjs
