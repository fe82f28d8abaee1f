// WeChat's client as pages see it, simulated: jweixin, unmodified, talks to this. Not from WeChat.
(function () {
  'use strict';
  if (window.WeixinJSBridge) return;
  var base = document.currentScript.src.split('/_simulator/')[0] + '/_simulator/jssdk/';
  var first = location.href;
  var waiting = {};
  var asked = 0;
  // What wx.config has brought; nothing until it has succeeded.
  var config = null;

  // Where the page was really loaded from, whatever it has done to its address since.
  function landing() {
    var entry = performance.getEntriesByType && performance.getEntriesByType('navigation')[0];
    return entry ? entry.name : first;
  }

  // By a script and not by fetch, so that a page's policy need not allow a connection.
  function ask(path, values, done) {
    var script = document.createElement('script');
    var url = base + path + '?n=' + ++asked;
    for (var name in values) url += '&' + name + '=' + encodeURIComponent(values[name] || '');
    waiting[asked] = done;
    script.onerror = function () { done({ errMsg: 'config:fail' }); };
    script.onload = function () { script.parentNode.removeChild(script); };
    script.src = url;
    document.documentElement.appendChild(script);
  }

  function time() {
    var now = new Date(Date.now() + 8 * 3600000).toISOString();
    return now.slice(0, 10).replace(/-/g, '') + ' ' + now.slice(11, 19);
  }

  function verify(of, done) {
    var list = (of.verifyJsApiList || []).slice();
    config = null;
    ask('verify', {
      appid: of.verifyAppId, timestamp: of.verifyTimestamp, nonce: of.verifyNonceStr,
      signature: of.verifySignature, now: location.href, landing: landing()
    }, function (judged) {
      if (judged.errMsg !== 'config:ok') {
        judged.errMsg = judged.errMsg.replace('{time}', time());
        return done(judged);
      }
      config = { appid: of.verifyAppId, list: list, subscribed: judged.subscribed };
      done({ err_msg: 'pre_verify_jsapi:ok' });
    });
  }

  function nothing(of, done) { done({}); }

  function share(api) {
    return function (of, done) {
      ask('share', {
        appid: config.appid, api: api, title: of.title, desc: of.desc, link: of.link, img_url: of.imgUrl
      }, function () { done({}); });
    };
  }

  // What is played of the calls that need a config, by the name the client knows them by.
  var plays = {
    updateAppMessageShareData: share('updateAppMessageShareData'),
    updateTimelineShareData: share('updateTimelineShareData'),
    hideMenuItems: nothing, showMenuItems: nothing, hideAllNonBaseMenuItem: nothing, showAllNonBaseMenuItem: nothing,
    hideOptionMenu: nothing, showOptionMenu: nothing, closeWindow: nothing, imagePreview: nothing,
    scanQRCode: function (of, done) {
      var text = 'https://example.com/simulated';
      // An iPhone's client gives an object in a text.
      if (/iPhone|iPad/.test(navigator.userAgent)) text = JSON.stringify({ scan_code: { scan_result: text } });
      done(of.needResult ? { resultStr: text } : {});
    },
    geoLocation: function (of, done) {
      done({ latitude: '39.9087', longitude: '116.3975', speed: '0.0', accuracy: '65.0' });
    }
  };

  function known(of, done) {
    var result = {};
    for (var i = 0; i < (of.jsApiList || []).length; i += 1) {
      result[of.jsApiList[i]] = of.jsApiList[i] === 'checkJsApi' || plays.hasOwnProperty(of.jsApiList[i]);
    }
    // Android's client gives a text.
    done({ checkResult: /Android/.test(navigator.userAgent) ? JSON.stringify(result) : result });
  }

  function refusal(name) {
    if (!config || name !== 'checkJsApi' && config.list.indexOf(name) < 0) return 'the permission value is offline verifying';
    if (!config.subscribed) return 'require subscribe';
    return name === 'checkJsApi' || plays.hasOwnProperty(name) ? '' : 'permission denied';
  }

  function invoke(name, of, callback) {
    var done = function (result) { setTimeout(function () { if (callback) callback(result); }, 0); };
    if (name === 'preVerifyJSAPI') return verify(of || {}, done);
    if (name === 'getNetworkType') return done({ err_msg: 'network_type:wifi' });
    var words = refusal(name);
    if (words) return done({ err_msg: name + ':' + words });
    (name === 'checkJsApi' ? known : plays[name])(of || {}, function (result) {
      result.err_msg = name + ':ok';
      done(result);
    });
  }

  window.WeixinJSBridge = {
    invoke: invoke,
    call: function (name) { invoke(name); },
    // What the menu would tell; nobody opens it.
    on: function () {},
    // What the simulator's scripts call.
    _answer: function (number, value) {
      var done = waiting[number];
      delete waiting[number];
      if (done) done(value);
    }
  };
  setTimeout(function () {
    var event = document.createEvent('Event');
    event.initEvent('WeixinJSBridgeReady', false, false);
    document.dispatchEvent(event);
  }, 0);
})();
