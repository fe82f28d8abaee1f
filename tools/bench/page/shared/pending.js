// Logins that were started and have not come back yet, one record for each `state`.
const PREFIX = 'wechat-login:';
const LIFETIME_MS = 10 * 60 * 1000;
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

function token(length) {
  const random = crypto.getRandomValues(new Uint8Array(length));
  return Array.from(random, (byte) => LETTERS[byte % LETTERS.length]).join('');
}

const storages = () => [sessionStorage, localStorage];

/** Starts one and remembers it; the first character of its `state` is the attempt. */
export function begin({ account, scope, attempt }) {
  const returnTo = location.pathname + location.search + location.hash;
  const login = { verifier: token(32), account, scope, returnTo, createdAt: Date.now() };
  const state = attempt + token(31);
  save(state, login);
  return state;
}

export function save(state, login) {
  storages().forEach((storage) => storage.setItem(PREFIX + state, JSON.stringify(login)));
}

/** The login of this `state`, if this browser started it and it is not too old. */
export function load(state) {
  for (const storage of storages()) {
    const text = storage.getItem(PREFIX + state);
    const login = text && JSON.parse(text);
    if (login && Date.now() - login.createdAt < LIFETIME_MS) return login;
  }
  return null;
}

export function remove(state) {
  storages().forEach((storage) => storage.removeItem(PREFIX + state));
}
