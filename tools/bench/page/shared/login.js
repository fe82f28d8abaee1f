// The login without a framework: what a page load means, and the way to WeChat and back.
//
// Every step gives the state to show: { name: 'loading' | 'redirecting' | 'signedIn' | 'guest' | 'failed', … }.
import * as api from './api.js';
import * as pending from './pending.js';

const AUTOMATIC_ATTEMPTS = 2;
const SIGNED_OUT = 'wechat-login-signed-out';

/** Takes `code` and `state` out of the address before anything else runs. */
export function takeCallback() {
  // Our app's first stage has done it, where that is in the page.
  const begun = window.wechatLogin;
  if (begun?.version) return begun.kind ? { code: begun.code, state: begun.state, login: begun.record && {} } : null;
  const query = new URLSearchParams(location.search);
  const state = query.get('state');
  if (!state) return null;
  const code = query.get('code');
  const login = pending.load(state);
  query.delete('code');
  query.delete('state');
  const rest = query.toString();
  const fragment = location.hash === '#wechat_redirect' ? '' : location.hash;
  history.replaceState(null, '', login?.returnTo ?? location.pathname + (rest && `?${rest}`) + fragment);
  return { code, state, login };
}

/** Takes a page load to a state. */
export async function arrive(callback) {
  let bootstrap;
  try {
    bootstrap = await api.bootstrap();
  } catch (error) {
    return { name: 'failed', error };
  }
  const session = bootstrap.session;
  if (callback?.login && callback.code) return exchange(bootstrap, callback);
  if (callback?.login) {
    pending.remove(callback.state);
    if (session) return { ...shown(bootstrap, session), notice: 'notice_profile_refused' };
    sessionStorage.setItem(SIGNED_OUT, '1');
    return { name: 'guest', reason: 'refused', bootstrap };
  }
  if (session) return shown(bootstrap, session);
  if (sessionStorage.getItem(SIGNED_OUT)) return { name: 'guest', reason: 'signed_out', bootstrap };
  const attempt = callback ? Number(callback.state[0]) || 0 : 0;
  if (attempt >= AUTOMATIC_ATTEMPTS) return { name: 'failed', isForgetful: true };
  if (bootstrap.require_wechat && !/micromessenger/i.test(navigator.userAgent)) {
    return { name: 'guest', reason: 'open_in_wechat', bootstrap };
  }
  return depart(bootstrap, { attempt: attempt + 1 });
}

/** Leaves for WeChat, to come back to this page. */
export function depart(bootstrap, { scope = 'snsapi_base', attempt = 1, leave = 'replace' } = {}) {
  sessionStorage.removeItem(SIGNED_OUT);
  const account = bootstrap.session?.account ?? bootstrap.default_account;
  const state = pending.begin({ account, scope, attempt });
  const redirect = encodeURIComponent(location.origin + location.pathname + location.search);
  location[leave](
    `${bootstrap.authorize_url_base}/connect/oauth2/authorize?appid=${bootstrap.accounts[account].appid}` +
      `&redirect_uri=${redirect}&response_type=code&scope=${scope}&state=${state}#wechat_redirect`,
  );
  return { name: 'redirecting', bootstrap };
}

async function exchange(bootstrap, { code, state, login }) {
  // A second load of the same callback repeats this request.
  pending.save(state, { ...login, code });
  try {
    const session = await api.createSession({ account: login.account, code, verifier: login.verifier });
    pending.remove(state);
    return shown({ ...bootstrap, session }, session);
  } catch (error) {
    if (error.response) pending.remove(state);
    if (bootstrap.session) return { ...shown(bootstrap, bootstrap.session), notice: 'notice_profile_failed' };
    const isSpent = ['code_expired', 'code_used'].includes(api.refusal(error)?.code);
    const attempt = Number(state[0]);
    if (isSpent && attempt < AUTOMATIC_ATTEMPTS) return depart(bootstrap, { attempt: attempt + 1 });
    return { name: 'failed', error };
  }
}

function shown(bootstrap, session) {
  return session.snapshot
    ? { name: 'guest', reason: 'snapshot', bootstrap }
    : { name: 'signedIn', session, bootstrap };
}

/** Ends the session, and keeps a reload from silently starting another. */
export async function signOut(state) {
  try {
    await api.deleteSession();
  } catch {
    return { ...state, notice: 'notice_sign_out_failed' };
  }
  sessionStorage.setItem(SIGNED_OUT, '1');
  return { name: 'guest', reason: 'signed_out', bootstrap: { ...state.bootstrap, session: null } };
}

/** For a page whose own request was answered with 401. */
export function sessionEnded(state) {
  return { name: 'guest', reason: 'session_ended', bootstrap: { ...state.bootstrap, session: null } };
}
