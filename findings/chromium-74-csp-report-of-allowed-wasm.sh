#!/bin/bash
# Chromium 74.0.3723 (npm chrome-aws-lambda 1.13.0): a page compiles WebAssembly under a Content-Security-Policy that
# allows it, script-src 'self' 'unsafe-eval'.
#
# Expected: the module is compiled, and nothing was violated: no event securitypolicyviolation, no report.
# Seen:     the module is compiled, and both tell of a violation of this policy, by "eval", with the disposition "enforce".
# So it is from 66 to 86, and no more in 92: who counts reports counts every such phone.
#
# Ends with 0 while that is so, with 1 once it changes. Needs Node 20 and npm's registry, on Linux for x86-64.
set -u
folder=$(mktemp -d) && trap 'rm -rf "$folder"' EXIT && cd "$folder" || exit 2
npm pack --silent chrome-aws-lambda@1.13.0 >/dev/null || exit 2
sha512sum --check --quiet <<'SUM' || exit 2
6cbf96a5a7e21fd2bd99fe3c4a50457bdc307587a496f17f58b8ab8513c1221f8a1f3bae7e42292c091d61900d83c2ab2c7fb42a0e93049df579d46178c26afa  chrome-aws-lambda-1.13.0.tgz
SUM
tar xzf chrome-aws-lambda-1.13.0.tgz
cat >try.mjs <<'JS'
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { brotliDecompressSync } from 'node:zlib';

const packed = readdirSync('package/bin').find((name) => name.endsWith('.br'));
writeFileSync('chromium', brotliDecompressSync(readFileSync(`package/bin/${packed}`)), { mode: 0o755 });

const files = {
  '/': ['text/html', '<!doctype html><script src="/page.js"></script>'],
  '/page.js': ['text/javascript', `
    var events = [];
    document.addEventListener('securitypolicyviolation', function (it) { events.push(it.blockedURI + ', ' + it.disposition); });
    function tell(outcome) { fetch('/outcome', { method: 'POST', body: JSON.stringify({ outcome: outcome, events: events }) }); }
    WebAssembly.compile(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0])).then(
      function () { setTimeout(tell, 1000, 'compiled'); }, function (error) { tell(String(error)); });`],
};
const reports = [];
const server = createServer(async (request, response) => {
  let body = '';
  for await (const part of request) body += part;
  const [type, text] = files[request.url] ?? ['text/plain', ''];
  response.writeHead(200, { 'Content-Type': type, 'Content-Security-Policy': "script-src 'self' 'unsafe-eval'; report-uri /report" });
  response.end(text);
  if (request.url === '/report') reports.push(JSON.parse(body)['csp-report']);
  if (request.url === '/outcome') server.emit('outcome', JSON.parse(body));
}).listen(0, '127.0.0.1');
await once(server, 'listening');

const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--remote-debugging-port=0', '--user-data-dir=profile'];
const browser = spawn('./chromium', [...flags, `http://127.0.0.1:${server.address().port}/`], { stdio: 'ignore' });
const limit = setTimeout(() => process.exit(2), 60_000);
const [{ outcome, events }] = await once(server, 'outcome');
clearTimeout(limit);
browser.kill();
await once(browser, 'exit');
server.close();

console.log(packed);
console.log('expected: compiled, no event, no report');
console.log(`seen:     ${outcome}, events ${JSON.stringify(events)}, reports ${JSON.stringify(reports)}`);
const isReported = reports.length === 1 && reports[0]['blocked-uri'] === 'eval' && reports[0].disposition === 'enforce';
process.exit(outcome === 'compiled' && events.length === 1 && isReported ? 0 : 1);
JS
node try.mjs
