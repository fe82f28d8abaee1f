'use strict';
// co-wechat-oauth's client pointed at the simulator, and what the claims about it share.
//
// The package has WeChat's hosts inside its methods. They all end in `request(url, …)` or give an address back, so a
// subclass exchanges the host there, on the way out, and touches nothing else.

const assert = require('node:assert/strict');
const OAuth = require('co-wechat-oauth');
const phone = require('./phone');

const simulator = (process.argv[2] ?? '').replace(/\/$/, '');
const BOOKS = ['wx00000000000000a1', 'simulator-secret-a1'];
const FLOWERS = ['wx00000000000000b1', 'simulator-secret-b1'];
// Where an app would wait; nobody has to listen there.
const CALLBACK = 'http://127.0.0.1:8080/me?from=node&t=茶#/route';

class Client extends OAuth {
  request(url, options) {
    return super.request(url.replace('https://api.weixin.qq.com', simulator), options);
  }

  getAuthorizeURL(...details) {
    return super.getAuthorizeURL(...details).replace('https://open.weixin.qq.com', simulator);
  }
}

/** A client, by default of the bookshop. */
const client = ([appid, secret] = BOOKS, ...store) => new Client(appid, secret, ...store);

/** A fresh code for this client's account. */
async function codeFor(oauth, { scope = 'snsapi_base', person } = {}) {
  const callback = await phone.authorize(simulator, oauth.getAuthorizeURL(CALLBACK, 's1', scope), person);
  return callback.get('code');
}

/** A client that has just logged somebody in, and the token's data. */
async function loggedIn({ scope = 'snsapi_userinfo', person, account } = {}) {
  const oauth = client(account);
  const { data } = await oauth.getAccessToken(await codeFor(oauth, { scope, person }));
  return { oauth, token: data };
}

/** Moves the simulator's clock. */
const skip = (seconds) => phone.steer(simulator, 'POST', '/_simulator/clock', { advance_seconds: seconds });

/** Expects the package's own error with this errcode and a rid at the end of its message. */
function refused(errcode, promise) {
  return assert.rejects(promise, (error) => {
    assert.deepEqual([error.name, error.code], ['WeChatAPIError', errcode], error.stack);
    assert.match(error.message, /, rid: [0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8}$/);
    return true;
  });
}

module.exports = { assert, authorize: phone.authorize, BOOKS, CALLBACK, client, codeFor, FLOWERS, loggedIn, refused, simulator, skip };
