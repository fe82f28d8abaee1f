#!/bin/bash
# jweixin 1.6.0 (npm weixin-js-sdk 1.6.5): a page asks checkJsApi whether what it needs is there, and looks each name of its
# own list up in the result, which WeChat's guide describes as the names asked for, each with true or false.
#
# Expected: the list is read, not written, and every name of it is in the result.
# Seen:     checkJsApi (and wx.config) writes its inner names into the caller's array, menu:share:timeline for
#           onMenuShareTimeline, while the result has the public names: what is there looks missing.
#
# Ends with 0 while that is so, with 1 once it changes. Needs Node 20 and npm's registry, nothing of WeChat's.
set -u
folder=$(mktemp -d) && trap 'rm -rf "$folder"' EXIT && cd "$folder" || exit 2
npm init -y >/dev/null && npm install --silent --no-audit --no-fund --ignore-scripts weixin-js-sdk@1.6.5 >/dev/null || exit 2
cat >try.cjs <<'JS'
const { readFileSync } = require('node:fs');
const sdk = readFileSync('node_modules/weixin-js-sdk/index.js', 'utf8');

// A WeChat that permits everything and has everything.
const has = ({ jsApiList }) => JSON.stringify(Object.fromEntries(jsApiList.map((name) => [name, true])));
const answers = { preVerifyJSAPI: () => ({ err_msg: 'pre_verify_jsapi:ok' }), checkJsApi: (asked) => ({ err_msg: 'checkJsApi:ok', checkResult: has(asked) }) };
const otherwise = () => ({ err_msg: 'ok' });
const bridge = { on() {}, invoke: (name, parameters, done) => setTimeout(done, 0, (answers[name] ?? otherwise)(parameters)) };
const userAgent = 'Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile Safari/537.36 MicroMessenger/8.0.57(0x28003936) NetType/WIFI Language/zh_CN';
const document = { title: '', addEventListener() {} };
const page = { navigator: { userAgent, platform: 'Linux armv8l' }, location: { href: 'https://shop.example/' }, document, WeixinJSBridge: bridge, performance: {} };
const module_ = { exports: {} };
new Function('window', 'document', 'navigator', 'location', 'WeixinJSBridge', 'Image', 'module', 'exports', sdk)
  .call(page, page, document, page.navigator, page.location, bridge, class {}, module_, module_.exports);
const wx = module_.exports;

const names = ['onMenuShareTimeline', 'scanQRCode'];
const list = [...names];
wx.config({ appId: 'wx00000000000000a1', timestamp: 1, nonceStr: 'n', signature: 's', jsApiList: [...names] });
wx.ready(() => wx.checkJsApi({ jsApiList: list, success: ({ checkResult }) => {
  const missing = list.filter((name) => !checkResult[name]);
  console.log(`weixin-js-sdk ${JSON.parse(readFileSync('node_modules/weixin-js-sdk/package.json')).version}`);
  console.log(`expected: the list is still ${names.join(', ')}; nothing of it is missing`);
  console.log(`seen:     the list is ${list.join(', ')}; of it is missing: ${missing.join(', ')}; the result: ${JSON.stringify(checkResult)}`);
  process.exit(list[0] === 'menu:share:timeline' && missing.length === 1 && checkResult.onMenuShareTimeline === true ? 0 : 1);
} }));
setTimeout(() => process.exit(1), 5000);
JS
node try.cjs
