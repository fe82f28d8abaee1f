// Who is signed in, as a context.
import { createContext, useContext, useEffect, useMemo, useState } from 'react';
import * as login from '../../shared/login.js';

const AuthContext = createContext(null);

/** Takes WeChat's answer out of the address and asks the proxy; gives a promise of the state. */
export const start = () => login.arrive(login.takeCallback());

export function AuthProvider({ arrival, children }) {
  const [state, setState] = useState({ name: 'loading' });
  useEffect(() => {
    arrival.then(setState);
  }, [arrival]);
  const auth = useMemo(
    () => ({
      state,
      signIn() {
        const scope = state.reason === 'snapshot' ? 'snsapi_userinfo' : 'snsapi_base';
        setState(login.depart(state.bootstrap, { scope }));
      },
      requestProfile() {
        setState(login.depart(state.bootstrap, { scope: 'snsapi_userinfo', leave: 'assign' }));
      },
      async signOut() {
        setState(await login.signOut(state));
      },
      sessionEnded() {
        setState(login.sessionEnded(state));
      },
      accountTitle: (name) => state.bootstrap?.accounts[name]?.title ?? name,
    }),
    [state],
  );
  return <AuthContext value={auth}>{children}</AuthContext>;
}

export const useAuth = () => useContext(AuthContext);
