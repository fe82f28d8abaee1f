'use strict';
// passport-wechat behind the passport it brings along: in WeChat, silently, and by QR code.
//
// WeChat's hosts are inside its client's methods, so the strategy's own client exchanges the host on the way out.

const assert = require('node:assert/strict');
const { Passport } = require('passport');
const Strategy = require('passport-wechat');
const phone = require('./phone');
const { BOOKS, FLOWERS, ids, settings, simulator, there, WEBSITE } = require('./simulator');

const CALLBACK = 'http://127.0.0.1:8080/auth/wechat?from=passport';

/** A site whose visitors are told who WeChat says they are. */
function site([appID, appSecret], options) {
  const verify = (accessToken, refreshToken, profile, expiresIn, done) => done(null, profile);
  const strategy = new Strategy({ appID, appSecret, callbackURL: CALLBACK, state: 's1', ...options }, verify);
  const request = strategy._oauth.request.bind(strategy._oauth);
  strategy._oauth.request = (url, ...details) => request(there(url), ...details);
  const passport = new Passport();
  passport.use(strategy);
  return passport;
}

/** One request to the site: where it is redirected to, who it belongs to, or why not. */
function ask(passport, query) {
  return new Promise((resolve, reject) => {
    const request = { query, url: '/auth/wechat', protocol: 'http', get: () => '127.0.0.1:8080' };
    const response = { setHeader: (name, value) => name === 'Location' && resolve({ location: value }), end() {} };
    passport.initialize()(request, response, (error) => error && reject(error));
    const decided = (error, user, info, status) => (error ? reject(error) : resolve({ user, status }));
    passport.authenticate('wechat', { session: false }, decided)(request, response, reject);
  });
}

/** A whole login. */
async function login(passport, person, how = phone.authorize) {
  const { location } = await ask(passport, {});
  const query = await how(simulator, there(location), person);
  assert.equal(query.get('state'), 's1');
  return ask(passport, Object.fromEntries(query));
}

module.exports = {
  async login_in_wechat_asks_for_consent_and_tells_the_profile() {
    const { user } = await login(site(BOOKS, { lang: 'zh_CN' }), 'ahua');
    const { openid, unionid } = await ids('ahua', BOOKS);
    assert.deepEqual([user.openid, user.unionid, user.nickname], [openid, unionid, '🌸阿花🌸']);
  },

  async account_without_open_platform_tells_no_unionid() {
    const { user } = await login(site(FLOWERS), 'ahua');
    assert.deepEqual([user.openid, user.unionid], [(await ids('ahua', FLOWERS)).openid, undefined]);
  },

  async silent_login_tells_the_openid_and_nothing_else() {
    const passport = site(BOOKS, { scope: 'snsapi_base' });
    const { location } = await ask(passport, {});
    assert.equal((await fetch(there(location), { redirect: 'manual' })).status, 302);
    const { user } = await login(passport, 'xiaohong');
    assert.deepEqual(user, { openid: (await ids('xiaohong', BOOKS)).openid, unionid: undefined });
  },

  async qr_login_signs_in_whoever_scanned() {
    const { user } = await login(site(WEBSITE, { client: 'web', scope: 'snsapi_login' }), 'xiaohong', phone.scan);
    assert.deepEqual([user.openid, user.nickname], [(await ids('xiaohong', WEBSITE)).openid, '小红']);
  },

  async strict_order_accepts_its_address() {
    await settings({ strict_order: true, require_wechat: true, require_state: true });
    const { user } = await login(site(BOOKS), 'xiaoming');
    await settings();
    assert.equal(user.nickname, '小明');
  },

  async wrong_code_and_wrong_secret_are_wechats_own_error() {
    for (const [account, errcode] of [[BOOKS, 40029], [[BOOKS[0], 'wrong'], 40125]]) {
      await assert.rejects(ask(site(account), { code: 'made0up0code', state: 's1' }), (error) => {
        assert.deepEqual([error.name, error.code], ['WeChatAPIError', errcode], error.stack);
        return true;
      });
    }
  },

  async refusal_with_the_state_alone_is_a_failure() {
    const { user, status } = await ask(site(BOOKS), { state: 's1' });
    assert.deepEqual([user, status], [false, 401]);
  },
};
