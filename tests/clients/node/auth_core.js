'use strict';
// @auth/core (Auth.js) with its WeChat provider, as a site without a framework uses it.
//
// The provider's own options name the simulator's addresses; a browser beside it keeps the cookies.

const assert = require('node:assert/strict');
const path = require('node:path');
const phone = require('./phone');
const { BOOKS, ids, settings, simulator, WEBSITE } = require('./simulator');

const SITE = 'http://127.0.0.1:8080';

/** WeChat's addresses at the simulator, as options of the provider. */
const addresses = (platformType) => ({
  authorization: { url: `${simulator}/connect/${platformType === 'WebsiteApp' ? 'qrconnect' : 'oauth2/authorize'}` },
  token: { url: `${simulator}/sns/oauth2/access_token` },
  userinfo: { url: `${simulator}/sns/userinfo` },
});

// An ES module, which is found beside those that `require` finds.
const load = (file) => import(path.join(path.dirname(require.resolve('@auth/core')), file));

/** A browser at a site with this account. */
async function visitor([clientId, clientSecret], platformType) {
  const { Auth } = await load('index.js');
  const { default: WeChat } = await load('providers/wechat.js');
  const known = [];
  const config = {
    secret: 'of a site that lives for a second',
    trustHost: true,
    basePath: '/auth',
    providers: [WeChat({ clientId, clientSecret, platformType, ...addresses(platformType) })],
    callbacks: { signIn: ({ account, profile }) => known.push({ account, profile }) > 0 },
    logger: { error: (error) => known.push({ error }), warn() {}, debug() {} },
  };
  const cookies = new Map();
  const ask = async (target, body) => {
    const cookie = [...cookies].map((pair) => pair.join('=')).join('; ');
    const answer = await Auth(new Request(`${SITE}${target}`, { method: body ? 'POST' : 'GET', headers: { cookie }, body }), config);
    for (const line of answer.headers.getSetCookie()) {
      const [, name, value] = line.match(/^([^=]*)=([^;]*)/);
      cookies.set(name, value);
    }
    return answer;
  };
  const begin = async () => {
    const { csrfToken } = await (await ask('/auth/csrf')).json();
    const answer = await ask('/auth/signin/wechat', new URLSearchParams({ csrfToken, callbackUrl: `${SITE}/in` }));
    return answer.headers.get('Location');
  };
  const finish = async (query) => (await ask(`/auth/callback/wechat?${query}`)).headers.get('Location');
  const session = async () => (await ask('/auth/session')).json();
  return { begin, finish, known, session };
}

module.exports = {
  async qr_login_signs_in_whoever_scanned() {
    const site = await visitor(WEBSITE, 'WebsiteApp');
    assert.equal(await site.finish(await phone.scan(simulator, await site.begin(), 'xiaohong')), `${SITE}/in`);
    const { user } = await site.session();
    assert.deepEqual([user.name, /\/132$/.test(user.image)], ['小红', true]);
    const [{ account, profile }] = site.known;
    const { openid, unionid } = await ids('xiaohong', WEBSITE);
    assert.deepEqual([account.providerAccountId, profile.openid, account.scope], [unionid, openid, 'snsapi_login']);
  },

  // Its state has more than 128 bytes, which the page in WeChat does not take, unless it is a phone's.
  async login_in_wechat_needs_a_page_that_takes_long_states() {
    const site = await visitor(BOOKS, 'OfficialAccount');
    const page = await (await fetch(await site.begin())).text();
    assert.match(page, /state参数过长/);
    await settings({ long_state: true });
    const query = await phone.authorize(simulator, await site.begin(), 'ahua');
    await settings();
    assert.equal(await site.finish(query), `${SITE}/in`);
    assert.equal((await site.session()).user.name, '🌸阿花🌸');
    assert.equal(site.known[0].account.providerAccountId, (await ids('ahua', BOOKS)).unionid);
  },

  async wrong_code_and_wrong_secret_are_the_librarys_own_error() {
    for (const [account, code] of [[WEBSITE, 'made0up0code'], [[WEBSITE[0], 'wrong'], undefined]]) {
      const site = await visitor(account, 'WebsiteApp');
      const query = await phone.scan(simulator, await site.begin());
      if (code) query.set('code', code);
      assert.match(await site.finish(query), /\/auth\/error\?error=Configuration$/);
      assert.equal(site.known[0].error.name, 'CallbackRouteError');
      assert.equal(await site.session(), null);
    }
  },
};
