// The proxy's routes, one function each.
import axios from 'axios';

// As long as our app waits.
const http = axios.create({ baseURL: '/api', timeout: 25_000 });

/** The answer to what our app's first stage has asked before, where that is in the page; refused as by axios. */
const begun = (what) =>
  window.wechatLogin?.[what]?.then(async (answer) => {
    const response = { status: answer.status, data: await answer.json() };
    if (!answer.ok) throw Object.assign(new Error(`status ${answer.status}`), { response });
    return response.data;
  });

export const bootstrap = () => begun('bootstrap') ?? http.get('/bootstrap').then((answer) => answer.data);
export const createSession = (request) =>
  begun('session') ?? http.post('/session', request).then((answer) => answer.data);
export const deleteSession = () => http.delete('/session');
export const records = (kind, across, cursor) =>
  http.get('/records', { params: { kind, across, cursor } }).then((answer) => answer.data);

/** The proxy's error envelope, if it was the proxy that answered. */
export const refusal = (error) => error.response?.data?.error;

/** The address of a picture: the QR code of a local path of this site. */
export const qrCode = (local) => `/api/qr.svg?path=${encodeURIComponent(local)}`;
