#!/bin/bash
# @auth/core 0.41.3, provider WeChat: somebody of an account that is bound to no Open Platform account logs in twice.
#
# WeChat then sends no unionid, and its openid is what stays the same (documented for /sns/oauth2/access_token and
# /sns/userinfo). The provider takes `profile.unionid` for the account's id, and the core makes a random one of nothing.
#
# Expected: the same providerAccountId at both logins (the openid, or an error).
# Seen:     another random UUID each time, so an adapter finds nobody and makes a new user at every login.
#
# Ends with 0 while that is so, with 1 once it changes. Needs Node 20 and npm's registry, nothing of WeChat's.
set -u
folder=$(mktemp -d) && trap 'rm -rf "$folder"' EXIT && cd "$folder" || exit 2
npm init -y >/dev/null && npm install --silent --no-audit --no-fund --ignore-scripts @auth/core@0.41.3 >/dev/null || exit 2
cat >try.mjs <<'JS'
import { readFileSync } from 'node:fs';
import { Auth } from '@auth/core';
import WeChat from '@auth/core/providers/wechat';

// WeChat's two answers, as documented for an account that is not bound.
const token = { access_token: '86_a', expires_in: 7200, refresh_token: '86_r', openid: 'oA7q4noU33qyH6Ge9czpVdZRCVeQ', scope: 'snsapi_login' };
const profile = { openid: token.openid, nickname: '小明', sex: 0, province: '', city: '', country: '', headimgurl: '', privilege: [] };
globalThis.fetch = async (url) => new Response(JSON.stringify(String(url).includes('/sns/userinfo') ? profile : token), { headers: { 'content-type': 'text/plain' } });

const seen = [];
const config = {
  secret: 'x'.repeat(32), trustHost: true, basePath: '/auth',
  providers: [WeChat({ clientId: 'wx00000000000000d1', clientSecret: 's', platformType: 'WebsiteApp' })],
  callbacks: { signIn: ({ account }) => seen.push(account.providerAccountId) > 0 },
};
for (let login = 0; login < 2; login += 1) {
  const cookies = new Map();
  const ask = async (path, body) => {
    const cookie = [...cookies].map((pair) => pair.join('=')).join('; ');
    const answer = await Auth(new Request(`http://127.0.0.1${path}`, { method: body ? 'POST' : 'GET', headers: { cookie }, body }), config);
    for (const line of answer.headers.getSetCookie()) cookies.set(...line.match(/^([^=]*)=([^;]*)/).slice(1));
    return answer;
  };
  const { csrfToken } = await (await ask('/auth/csrf')).json();
  const begun = await ask('/auth/signin/wechat', new URLSearchParams({ csrfToken }));
  const state = new URL(begun.headers.get('location')).searchParams.get('state');
  await ask(`/auth/callback/wechat?code=041mCi1007RPWO1Ywe400hiNY53mCi1a&state=${encodeURIComponent(state)}`);
}
console.log(`@auth/core ${JSON.parse(readFileSync('node_modules/@auth/core/package.json')).version}`);
console.log(`expected: one id for both logins of ${token.openid}`);
console.log(`seen:     ${seen.join(' and ')}`);
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
process.exit(seen.length === 2 && seen[0] !== seen[1] && seen.every((id) => uuid.test(id)) ? 0 : 1);
JS
node try.mjs
