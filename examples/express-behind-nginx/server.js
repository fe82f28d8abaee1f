// A back end that knows nothing of WeChat: whoever comes this far is signed in, and headers of nginx say who it is.
const express = require('express');

const app = express();

app.use((request, response, next) => {
  // By these exact names. Express joins a doubled header with a comma, which is in no id.
  const [appid, openid, unionid] = ['Appid', 'Openid', 'Unionid'].map((name) => request.get(`X-Wechat-${name}`));
  // Not by way of nginx, or of one that is not configured as documented.
  if (!appid || !openid || /[, ]/.test(appid + openid)) return response.sendStatus(401);
  // The session comes along with pages of other sites, too; they may read nothing, so only what changes something counts.
  const [site, origin] = ['Sec-Fetch-Site', 'Origin'].map((name) => request.get(name));
  // Before iOS 16.4 engines say it by Origin alone, and programs by neither. The Host that nginx passes on has no port.
  const isOwn = site ? site === 'same-origin' : !origin || origin.replace(/^https?:\/\/|:\d+$/g, '') === request.hostname;
  if (!['GET', 'HEAD'].includes(request.method) && !isOwn) return response.sendStatus(403);
  // An openid means something only together with its appid.
  request.user = { key: `${appid}/${openid}`, openid, unionid };
  next();
});

// In the place of a database.
const cups = new Map();

app.get('/backend/tea', ({ user }, response) => {
  response.json({ greeting: `你好，${user.openid}`, cups: cups.get(user.key) || 0 });
});

app.post('/backend/tea', ({ user }, response) => {
  cups.set(user.key, (cups.get(user.key) || 0) + 1);
  response.json({ cups: cups.get(user.key) });
});

// Nobody but nginx on the same machine: whoever reaches this port can claim to be anybody.
const server = app.listen(process.env.PORT || 9000, '127.0.0.1', (error) => {
  if (error) throw error;
  console.log(`http://127.0.0.1:${server.address().port}`);
});
