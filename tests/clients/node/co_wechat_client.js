'use strict';
// co-wechat-oauth's client pointed at the simulator, and what the claims about it share.
//
// The package has WeChat's hosts inside its methods. They all end in `request(url, …)` or give an address back, so a
// subclass exchanges the host there, on the way out, and touches nothing else.

const assert = require('node:assert/strict');
const OAuth = require('co-wechat-oauth');
const phone = require('./phone');
const { BOOKS, simulator, there } = require('./simulator');

// Where an app would wait; nobody has to listen there.
const CALLBACK = 'http://127.0.0.1:8080/me?from=node&t=茶#/route';

class Client extends OAuth {
  request(url, options) {
    return super.request(there(url), options);
  }

  getAuthorizeURL(...details) {
    return there(super.getAuthorizeURL(...details));
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

/** Expects the package's own error with this errcode and a rid at the end of its message. */
function refused(errcode, promise) {
  return assert.rejects(promise, (error) => {
    assert.deepEqual([error.name, error.code], ['WeChatAPIError', errcode], error.stack);
    assert.match(error.message, /, rid: [0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8}$/);
    return true;
  });
}

module.exports = { assert, CALLBACK, client, codeFor, loggedIn, refused };
