'use strict';
// What becomes of a token once it is there.

const { assert, client, codeFor, loggedIn, refused } = require('./co_wechat_client');
const { BOOKS, skip } = require('./simulator');

const TWO_HOURS = 7200;
const MADE_UP = `86_${'x'.repeat(100)}`;

module.exports = {
  async verify_token_says_ok_for_either_scope() {
    for (const scope of ['snsapi_base', 'snsapi_userinfo']) {
      const { oauth, token } = await loggedIn({ scope });
      assert.deepEqual(await oauth.verifyToken(token.openid, token.access_token), { errcode: 0, errmsg: 'ok' });
    }
  },

  async verify_token_refuses_a_foreign_openid_and_a_made_up_token() {
    const { oauth, token } = await loggedIn();
    const other = await loggedIn({ person: 'xiaohong' });
    await refused(40003, oauth.verifyToken(other.token.openid, token.access_token));
    await refused(40001, oauth.verifyToken(token.openid, MADE_UP));
  },

  async early_refresh_keeps_the_access_token_and_gives_it_two_more_hours() {
    const { oauth, token } = await loggedIn();
    await skip(TWO_HOURS - 60);
    const { data } = await oauth.refreshAccessToken(token.refresh_token);
    assert.deepEqual([data.access_token, data.openid, data.scope], [token.access_token, token.openid, token.scope]);
    await skip(TWO_HOURS - 60);
    assert.equal((await oauth.getUser(token.openid)).nickname, '小明');
  },

  async late_refresh_brings_a_new_access_token() {
    const { oauth, token } = await loggedIn();
    await skip(TWO_HOURS);
    await refused(42001, oauth.getUser(token.openid));
    const { data } = await oauth.refreshAccessToken(token.refresh_token);
    assert.notEqual(data.access_token, token.access_token);
    assert.equal(data.refresh_token, token.refresh_token);
    assert.equal((await oauth.getUser(token.openid)).nickname, '小明');
  },

  // The package refreshes by itself when its own clock says so; here the app's store remembers an old login.
  async get_user_refreshes_an_old_token_by_itself() {
    const stored = {};
    const load = async (openid) => stored[openid] && { ...stored[openid], create_at: 0 };
    const save = async (openid, data) => Object.assign(stored, { [openid]: data });
    const oauth = client(BOOKS, load, save);
    const { data } = await oauth.getAccessToken(await codeFor(oauth, { scope: 'snsapi_userinfo' }));
    await skip(TWO_HOURS);
    assert.equal((await oauth.getUser(data.openid)).nickname, '小明');
    assert.notEqual(stored[data.openid].access_token, data.access_token);
  },

  async refresh_with_a_made_up_token_gets_40030() {
    await refused(40030, client().refreshAccessToken(MADE_UP));
  },

  async refresh_after_thirty_days_gets_42002() {
    const { oauth, token } = await loggedIn();
    await skip(30 * 24 * 3600);
    await refused(42002, oauth.refreshAccessToken(token.refresh_token));
  },
};
