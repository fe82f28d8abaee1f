// No jweixin was given to the simulator: WeChat's own comes from WeChat's host, and what is called meanwhile waits.
(function () {
  'use strict';
  var calls = [];
  var script = document.createElement('script');
  script.src = 'https://res.wx.qq.com/open/js/jweixin-1.6.0.js';
  script.onload = function () {
    calls.splice(0).forEach(function (call) { window.jWeixin[call[0]].apply(null, call[1]); });
  };
  window.wx = new Proxy({}, {
    get: function (_, name) {
      if (window.jWeixin) return window.jWeixin[name];
      return function () { calls.push([name, arguments]); };
    }
  });
  document.documentElement.appendChild(script);
})();
