// Signs the address in `at` and configures jweixin with it. Gives what `wx.error` heard, what became of a call and of one
// that is not in the list, which functions the client has, and what it scanned.
const text = 'jsapi_ticket=' + ticket + '&noncestr=n1&timestamp=1414587457&url=' + at;
const call = (name, how) => new Promise(done => wx[name](Object.assign({ complete: done }, how)));
const hash = crypto.subtle.digest('SHA-1', new TextEncoder().encode(text));
return hash.then(async hash => {
  const signature = Array.from(new Uint8Array(hash), it => it.toString(16).padStart(2, '0')).join('');
  const jsApiList = ['updateAppMessageShareData', 'onMenuShareTimeline', 'scanQRCode'];
  let error = null;
  wx.config({ appId: appid, timestamp: 1414587457, nonceStr: 'n1', signature, jsApiList });
  wx.error(it => { error = it; });
  await new Promise(done => wx.ready(done));
  const shared = await call('updateAppMessageShareData', { title: '茶', desc: 'd', link: at, imgUrl: '' });
  const unlisted = await call('hideMenuItems', { menuList: [] });
  const known = await call('checkJsApi', { jsApiList: ['scanQRCode', 'addCard'] });
  const scanned = await call('scanQRCode', { needResult: 1 });
  return [error, shared.errMsg, unlisted.errMsg, known.checkResult, scanned.resultStr];
});
