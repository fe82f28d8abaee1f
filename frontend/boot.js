// Runs before the app, and when there is none: theme and language of the first picture, words for a slow network, and
// the page that stands in for an app that did not come, cannot run here or broke. In old JavaScript, because an old
// engine is one of the reasons. Our own errors only: WeChat puts scripts of its own into every page.
(function () {
  var html = document.documentElement;
  var english = /^en/.test(navigator.language);
  var words = english
    ? {
        loading: ["Signing you in…", "This takes a little longer…", "This takes too long. You can try again."],
        leaving: "Going to WeChat…",
        retry: "Try again",
        app_not_loaded: ["The page did not load", "Check the network, then try again."],
        browser_unsupported: ["This browser is too old", "Update WeChat or the system, then open this page again."],
        lockdown: [
          "Lockdown Mode stops this page",
          "Switch it off for WeChat in Settings › Privacy & Security › Lockdown Mode › Configure Web Browsing.",
        ],
        removed: ["WebAssembly is switched off", "Allow it in the browser's settings, or use another browser."],
        blocked: ["This site's policy stops this page", "Tell the staff: the CSP does not allow WebAssembly."],
        app_crashed: ["Something broke", "Load the page again. If it happens again, tell the staff."],
      }
    : {
        loading: ["正在登录…", "网络有点慢，请稍候…", "等待时间过长，可以再试一次。"],
        leaving: "正在前往微信…",
        retry: "重试",
        app_not_loaded: ["页面没有加载成功", "请检查网络后重试。"],
        browser_unsupported: ["浏览器版本过低", "请升级微信或手机系统后，重新打开本页。"],
        lockdown: [
          "锁定模式下无法打开本页",
          "请在“设置 › 隐私与安全性 › 锁定模式 › 配置网页浏览”中为微信关闭它。",
        ],
        removed: ["WebAssembly 已被关闭", "请在浏览器设置中允许它，或换一个浏览器。"],
        blocked: ["网站的策略拦截了本页", "请告诉工作人员：CSP 不允许 WebAssembly。"],
        app_crashed: ["页面出了问题", "请重新加载。如仍出现，请告诉工作人员。"],
      };
  var has_failed = false;

  function say(selector, text) {
    var element = document.querySelector(selector);
    if (element) element.textContent = text;
  }

  // A button and not a link: the app's router would take that for one of its own.
  function offerReload(selector) {
    var button = document.querySelector(selector);
    if (!button) return;
    button.hidden = false;
    button.textContent = words.retry;
    button.onclick = function () {
      location.reload();
    };
  }

  function isLeaving() {
    return window.wechatLogin && window.wechatLogin.leaving;
  }

  function fail(what) {
    // Of a page on its way to WeChat the browser drops what is still loading, and that is no failure.
    if (has_failed || isLeaving()) return;
    has_failed = true;
    var text = words[what];
    var code = /_/.test(what) ? what : what === "blocked" ? "app_not_loaded" : "browser_unsupported";
    var id = html.getAttribute("data-request-id") || "";
    document.body.classList.add("failed");
    document.getElementById("failure").innerHTML =
      '<section class="message" role="alert"><span class="icon warn" aria-hidden="true">!</span>' +
      '<h1 tabindex="-1"></h1><p></p><div class="actions"><button class="button primary"></button></div></section>';
    say("#failure h1", (document.title = text[0]));
    say("#failure p", text[1] + (id && code === "app_crashed" ? " [" + id + "]" : ""));
    offerReload("#failure button");
    document.querySelector("#failure h1").focus();
    var report = new XMLHttpRequest();
    report.open("POST", document.getElementById("api-bootstrap").getAttribute("href").replace("bootstrap", "report"));
    report.setRequestHeader("Content-Type", "text/plain");
    report.send(JSON.stringify(id ? { code: code, request_id: id } : { code: code }));
  }

  // By its frames, and not by its message, which names the file also where that did not come.
  function isOfApp(error) {
    return /wasm-function\[/.test(error && error.stack);
  }

  // A module with what the app is compiled to beyond WebAssembly's first version: a mutable global that is exported,
  // and sign extension.
  var sample = [0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 6, 6, 1, 127, 1, 65, 0, 11];
  sample = sample.concat([7, 5, 1, 1, 103, 3, 0, 10, 8, 1, 6, 0, 65, 0, 192, 26, 11]);
  if (!("noModule" in document.createElement("script"))) fail("browser_unsupported");
  // Every browser with modules has it, unless somebody took it away: Lockdown Mode where the system's own engine runs,
  // on Macs too, which iPads say they are.
  else if (typeof WebAssembly !== "object")
    fail(/Mac OS X(?!.*Chrome)/.test(navigator.userAgent) ? "lockdown" : "removed");
  else if (!WebAssembly.validate(new Uint8Array(sample))) fail("browser_unsupported");

  window.appFailed = function (error) {
    if (/^EvalError|^CompileError.*(eval|CSP|embedder)/.test(error)) fail("blocked");
    // Any other CompileError is no matter of age, because the sample went well: a file cut on the way, a web server's own
    // page in its place.
    else fail(isOfApp(error) ? "app_crashed" : "app_not_loaded");
  };
  window.addEventListener(
    "error",
    function (event) {
      var target = event.target;
      if (target.className === "qr") target.remove();
      var source = target === window ? event.filename : target.tagName === "SCRIPT" ? target.src || location.href : "";
      if (source.indexOf(location.origin) !== 0) return;
      if (target !== window) fail("app_not_loaded");
      else if (event.error instanceof SyntaxError && /\.js$/.test(source)) fail("browser_unsupported");
      else if (isOfApp(event.error)) fail("app_crashed");
    },
    true
  );
  window.addEventListener("unhandledrejection", function (event) {
    if (isOfApp(event.reason)) fail("app_crashed");
  });

  if (english) html.lang = "en";
  // The first stage calls it, unless it was faster than this script. An app that is there already waits; one that comes
  // later does not begin.
  window.appLeaves = function () {
    document.body.classList.add("leaving");
    say("#skeleton p, main .loading p", words.leaving);
  };
  if (isLeaving()) window.appLeaves();
  else say("#skeleton p", words.loading[0]);
  [3000, 8000].forEach(function (after, index) {
    window.setTimeout(function () {
      if (!isLeaving()) say("#skeleton p", words.loading[index + 1]);
      if (index) offerReload("#skeleton button");
    }, after);
  });

  // WeUI's contract: dark by the system, unless the page is marked.
  var dark = window.matchMedia && window.matchMedia("(prefers-color-scheme: dark)");
  function followSystem() {
    html.setAttribute("data-weui-theme", dark.matches ? "dark" : "light");
  }
  if (dark && !html.hasAttribute("data-weui-theme")) {
    followSystem();
    dark.addListener(followSystem);
  }
  // The font size chosen in WeChat's settings.
  try {
    document.body.style.webkitTextSizeAdjust = JSON.parse(window.__wxWebEnv.getEnv()).fontScale + "%";
  } catch (error) {
    // Not WeChat, or an old one.
  }
})();
