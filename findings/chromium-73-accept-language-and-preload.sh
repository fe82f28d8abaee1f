#!/bin/bash
# Chromium 73.0.3679 (npm chrome-aws-lambda 1.12.0), driven by DevTools: a page preloads a file
# (<link rel="preload" as="fetch" crossorigin>) and fetches it a second later. Nothing may be stored.
#
# Expected: one request for the file, whatever DevTools' Network.setUserAgentOverride was told.
# Seen:     one request where it was told a user agent, two where it was told an `acceptLanguage` beside it: the preload
#           is thrown away. So it is in 69, too, and no more in 74.
# Whoever counts requests, or measures, in a browser that pretends to be a phone has to give the language by --lang there.
#
# Ends with 0 while that is so, with 1 once it changes. Needs Node 20 and npm's registry, on Linux for x86-64.
set -u
folder=$(mktemp -d) && trap 'rm -rf "$folder"' EXIT && cd "$folder" || exit 2
npm pack --silent chrome-aws-lambda@1.12.0 >/dev/null || exit 2
sha512sum --check --quiet <<'SUM' || exit 2
53702b50c43df99d1d93b7e883e0a5b501272c6c79fa917837b6813779d175dc2fe87f659a4c60668f33c34a13c702d69b66bfe60fc1d3f6ce476a91d244eb13  chrome-aws-lambda-1.12.0.tgz
SUM
tar xzf chrome-aws-lambda-1.12.0.tgz
cat >try.mjs <<'JS'
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { brotliDecompressSync } from 'node:zlib';

const packed = readdirSync('package/bin').find((name) => name.endsWith('.br'));
writeFileSync('chromium', brotliDecompressSync(readFileSync(`package/bin/${packed}`)), { mode: 0o755 });

const page = `<!doctype html><link rel="preload" as="fetch" href="/file" crossorigin>
  <script>setTimeout(function () { fetch('/file').then(function () { return fetch('/done'); }); }, 1000);</script>`;
let asked = 0;
const server = createServer((request, response) => {
  response.writeHead(200, { 'Content-Type': 'text/html', 'Cache-Control': 'no-store' });
  response.end(request.url === '/' ? page : '');
  if (request.url === '/file') asked += 1;
  if (request.url === '/done') server.emit('done');
}).listen(0, '127.0.0.1');
await once(server, 'listening');

const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--remote-debugging-pipe', '--user-data-dir=profile'];
const browser = spawn('./chromium', flags, { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] });
const limit = setTimeout(() => process.exit(2), 60_000);
const [, , , orders, answers] = browser.stdio;
let number = 0;
let unread = '';
answers.on('data', (data) => {
  const messages = (unread + data).split('\0');
  unread = messages.pop();
  for (const message of messages.map((it) => JSON.parse(it))) if (message.id) answers.emit(`answer ${message.id}`, message);
});
const tell = async (method, params, sessionId) => {
  number += 1;
  orders.write(`${JSON.stringify({ id: number, method, params, sessionId })}\0`);
  const [{ result, error }] = await once(answers, `answer ${number}`);
  return error ? Promise.reject(new Error(error.message)) : result;
};

const count = async (words) => {
  const { targetId } = await tell('Target.createTarget', { url: 'about:blank' });
  const { sessionId } = await tell('Target.attachToTarget', { targetId, flatten: true });
  await tell('Network.enable', {}, sessionId);
  await tell('Network.setUserAgentOverride', words, sessionId);
  asked = 0;
  await Promise.all([once(server, 'done'), tell('Page.navigate', { url: `http://127.0.0.1:${server.address().port}/` }, sessionId)]);
  return asked;
};
const plain = await count({ userAgent: 'Somebody/1.0' });
const inChinese = await count({ userAgent: 'Somebody/1.0', acceptLanguage: 'zh-CN' });
clearTimeout(limit);
browser.kill();
await once(browser, 'exit');
server.close();

console.log(packed);
console.log('expected: 1 request, and 1 with acceptLanguage');
console.log(`seen:     ${plain} request, and ${inChinese} with acceptLanguage`);
process.exit(plain === 1 && inChinese === 2 ? 0 : 1);
JS
node try.mjs
