'use strict';
// co-wechat-api: the ticket that signs pages, followers, and a mini-program's login, by an account's own token.

const assert = require('node:assert/strict');
const API = require('co-wechat-api');
const { BOOKS, ids, settings, simulator, skip } = require('./simulator');

const MINIPROGRAM = ['wx00000000000000a4', 'simulator-secret-a4'];
const PAGE = 'https://books.example.com/order?id=1';

class Client extends API {
  prefix = `${simulator}/cgi-bin/`;
  snsPrefix = `${simulator}/sns/`;
}

const books = () => new Client(...BOOKS);
const openid = async (person, account = BOOKS) => (await ids(person, account)).openid;

function refused(errcode, promise) {
  return assert.rejects(promise, (error) => {
    assert.deepEqual([error.name, error.code], ['WeChatAPIError', errcode], error.stack);
    return true;
  });
}

/** A code as wx.login gives it. */
async function code(person) {
  const body = JSON.stringify({ appid: MINIPROGRAM[0], person });
  const headers = { 'Content-Type': 'application/json' };
  return (await (await fetch(`${simulator}/_simulator/codes`, { method: 'POST', headers, body })).json()).code;
}

/** What WeChat's client makes of a page's config. */
async function judged(config, now) {
  const { appId: appid, nonceStr: nonce, timestamp, signature } = config;
  const query = new URLSearchParams({ n: 1, appid, nonce, timestamp, signature, now });
  const headers = { 'User-Agent': 'Mobile MicroMessenger/8.0.63' };
  const answer = await (await fetch(`${simulator}/_simulator/jssdk/verify?${query}`, { headers })).text();
  return JSON.parse(answer.match(/{.*}/)[0]).errMsg;
}

module.exports = {
  async get_js_config_is_accepted_for_its_address_and_no_other() {
    const config = await books().getJsConfig({ url: PAGE, jsApiList: [] });
    assert.equal(await judged(config, `${PAGE}#there`), 'config:ok');
    assert.equal(await judged(config, `${PAGE}&from=x`), 'config:invalid signature');
  },

  async get_user_tells_followers_from_strangers() {
    const client = books();
    const people = [await openid('xiaoming'), await openid('moshengren')];
    const follower = await client.getUser(people[0]);
    const stranger = await client.getUser(people[1]);
    assert.deepEqual([follower.subscribe, stranger.subscribe], [1, 0]);
    assert.equal(follower.unionid, (await ids('xiaoming', BOOKS)).unionid);
    assert.deepEqual((await client.batchGetUsers(people)).user_info_list, [follower, stranger]);
    await refused(40003, client.getUser(await openid('xiaoming', MINIPROGRAM)));
    await refused(40032, client.batchGetUsers([]));
  },

  async a_dead_account_token_is_replaced_by_the_package_itself() {
    const client = books();
    const { accessToken } = await client.ensureAccessToken();
    await skip(7200);
    assert.equal((await client.getUser(await openid('xiaoming'))).subscribe, 1);
    assert.notEqual((await client.ensureAccessToken()).accessToken, accessToken);
  },

  async quotas_are_an_error() {
    const client = books();
    await client.getTicket();
    await settings({ tickets_per_day: 1 });
    await refused(45009, client.getTicket());
    await settings();
  },

  async code_2_session_logs_in_a_mini_program() {
    const client = new Client(...MINIPROGRAM);
    const once = await code('xiaohong');
    const session = await client.code2Session(once);
    assert.equal(session.openid, await openid('xiaohong', MINIPROGRAM));
    assert.equal(session.unionid, (await ids('xiaohong', BOOKS)).unionid);
    await refused(40163, client.code2Session(once));
    await refused(48001, client.getTicket());
  },
};
