// The proxy's routes, one function each.
import axios from 'axios';

// As long as our app waits.
const http = axios.create({ baseURL: '/api', timeout: 25_000 });

export const bootstrap = () => http.get('/bootstrap').then((answer) => answer.data);
export const createSession = (request) => http.post('/session', request).then((answer) => answer.data);
export const deleteSession = () => http.delete('/session');
export const records = (kind, across, cursor) =>
  http.get('/records', { params: { kind, across, cursor } }).then((answer) => answer.data);

/** The proxy's error envelope, if it was the proxy that answered. */
export const refusal = (error) => error.response?.data?.error;

/** The address of a picture: the QR code of a local path of this site. */
export const qrCode = (local) => `/api/qr.svg?path=${encodeURIComponent(local)}`;
