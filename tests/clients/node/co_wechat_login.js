'use strict';
// From the authorize address to a name, and every way a code can be refused.

const { assert, CALLBACK, client, codeFor, loggedIn, refused } = require('./co_wechat_client');
const { authorize } = require('./phone');
const { BOOKS, FLOWERS, simulator, skip } = require('./simulator');

module.exports = {
  async authorize_url_redirects_at_once_with_code_and_state() {
    const callback = await authorize(simulator, client().getAuthorizeURL(CALLBACK, 'abc123'));
    assert.equal(callback.get('code').length, 32);
    assert.deepEqual([...callback].slice(0, 2), [['from', 'node'], ['t', '茶']]);
    assert.equal(callback.get('state'), 'abc123');
  },

  async authorize_url_without_state_works() {
    const callback = await authorize(simulator, client().getAuthorizeURL(CALLBACK));
    assert.ok(callback.get('code') && callback.get('state') === '');
  },

  async silent_code_gives_openid_and_tokens_without_unionid() {
    const { token } = await loggedIn({ scope: 'snsapi_base' });
    const { create_at: _, ...fromWechat } = token;
    assert.deepEqual(Object.keys(fromWechat).sort(), ['access_token', 'expires_in', 'openid', 'refresh_token', 'scope']);
    assert.deepEqual([token.scope, token.expires_in, token.openid.length], ['snsapi_base', 7200, 28]);
  },

  async consent_gives_unionid_and_name() {
    const { oauth, token } = await loggedIn();
    assert.deepEqual([token.scope, token.unionid.length], ['snsapi_userinfo', 28]);
    const user = await oauth.getUser({ openid: token.openid, lang: 'zh_CN' });
    assert.deepEqual([user.nickname, user.unionid, user.sex, user.city], ['小明', token.unionid, 0, '']);
    assert.deepEqual(user.privilege, []);
    assert.match(user.headimgurl, /\/132$/);
  },

  async get_user_by_code_does_both_in_one_call() {
    const oauth = client();
    const user = await oauth.getUserByCode(await codeFor(oauth, { scope: 'snsapi_userinfo', person: 'xiaohong' }));
    assert.equal(user.nickname, '小红');
  },

  async account_without_open_platform_gets_no_unionid() {
    const { oauth, token } = await loggedIn({ account: FLOWERS });
    const user = await oauth.getUser(token.openid);
    assert.deepEqual([user.nickname, token.unionid, user.unionid], ['小明', undefined, undefined]);
  },

  async every_kind_of_name_arrives_whole() {
    const names = {
      ahua: '🌸阿花🌸',
      yijia: '👨‍👩‍👧‍👦一家四口',
      layla: 'ليلى',
      aqiang: '\ue415阿强\ue056',
      biaoqian: '<b>小&"白"</b>',
      wuming: '',
      // The package reads what is no UTF-8 as far as it is some.
      canque: '残缺\ufffd',
    };
    for (const [person, nickname] of Object.entries(names)) {
      const { oauth, token } = await loggedIn({ person });
      assert.equal((await oauth.getUser(token.openid)).nickname, nickname, person);
    }
  },

  async wrong_secret_gets_40125_and_leaves_the_code_usable() {
    const code = await codeFor(client());
    await refused(40125, client([BOOKS[0], 'wrong']).getAccessToken(code));
    assert.ok((await client().getAccessToken(code)).data.openid);
  },

  async unknown_appid_gets_40013_and_a_code_of_another_account_40029() {
    const code = await codeFor(client());
    await refused(40013, client(['wxffffffffffffffff', 'x']).getAccessToken(code));
    await refused(40029, client(FLOWERS).getAccessToken(code));
    await refused(40029, client().getAccessToken('made0up0code'));
    await refused(41008, client().getAccessToken(''));
  },

  async used_code_gets_40163_and_40029_once_it_has_expired() {
    const code = await codeFor(client());
    await client().getAccessToken(code);
    await refused(40163, client().getAccessToken(code));
    await skip(300);
    await refused(40029, client().getAccessToken(code));
  },

  async unused_code_expires_after_five_minutes() {
    const code = await codeFor(client());
    await skip(300);
    await refused(40029, client().getAccessToken(code));
  },

  async userinfo_with_a_silent_token_gets_48001() {
    const { oauth, token } = await loggedIn({ scope: 'snsapi_base' });
    await refused(48001, oauth.getUser(token.openid));
  },
};
