'use strict';
// The exchange in Express with co-wechat-oauth, one process for each core as Express's guide to production says.
// `PORT=8080 WECHAT=http://127.0.0.1:8082 NODE_ENV=production node server.js`

const cluster = require('node:cluster');
const { availableParallelism } = require('node:os');
const cookieSession = require('cookie-session');
const OAuth = require('co-wechat-oauth');
const express = require('express');

const WECHAT = process.env.WECHAT;

/** The package has WeChat's host inside its methods; it is replaced on the way out. */
class Client extends OAuth {
  request(url, options) {
    return super.request(url.replace('https://api.weixin.qq.com', WECHAT), options);
  }
}

// In production tokens are kept by the two functions, as the package's documentation asks; no longer than needed.
const tokens = new Map();
const client = new Client(
  'wx00000000000000a1',
  'simulator-secret-a1',
  async (openid) => tokens.get(openid),
  async (openid, token) => tokens.set(openid, token),
);

const app = express();
app.use(express.json());
app.use(cookieSession({ name: 'session', keys: ['0123456789abcdef0123456789abcdef'], httpOnly: true, sameSite: 'lax' }));

app.post('/api/session', async (request, response) => {
  const { data } = await client.getAccessToken(request.body.code);
  const user = await client.getUser({ openid: data.openid, lang: 'zh_CN' });
  tokens.delete(data.openid);
  const { openid, unionid, nickname, headimgurl } = user;
  const session = { openid, unionid, scope: data.scope, profile: { nickname, headimgurl } };
  request.session = session;
  response.json(session);
});

const workers = availableParallelism();
if (cluster.isPrimary && workers > 1) {
  for (let worker = 0; worker < workers; worker += 1) cluster.fork();
} else {
  app.listen(Number(process.env.PORT), '127.0.0.1');
}
