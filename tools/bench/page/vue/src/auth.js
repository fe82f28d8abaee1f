// Who is signed in, as one reactive object.
import { shallowReactive } from 'vue';
import * as login from '../../shared/login.js';

export const auth = shallowReactive({ state: { name: 'loading' } });

let callback = null;
let arrival = null;

/** Takes WeChat's answer out of the address and asks the proxy. */
export function start() {
  callback = login.takeCallback();
  arrival = login.arrive(callback).then((state) => (auth.state = state));
}

/** Resolves once it is known who is here. */
export const known = () => arrival;

export function signIn() {
  const scope = auth.state.reason === 'snapshot' ? 'snsapi_userinfo' : 'snsapi_base';
  auth.state = login.depart(auth.state.bootstrap, { scope });
}

export function requestProfile() {
  auth.state = login.depart(auth.state.bootstrap, { scope: 'snsapi_userinfo', leave: 'assign' });
}

export async function signOut() {
  auth.state = await login.signOut(auth.state);
}

export function sessionEnded() {
  auth.state = login.sessionEnded(auth.state);
}

export const accountTitle = (name) => auth.state.bootstrap?.accounts[name]?.title ?? name;
