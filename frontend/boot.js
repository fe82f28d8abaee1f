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
        title: "WeChat login",
        app_not_loaded: ["The page did not load", "There is no connection. Check the network, then try again."],
        app_missing: [
          "This page is out of order",
          "A file is missing; the site may be being updated. Try again soon, or tell the staff.",
        ],
        app_broken: [
          "The page came incomplete",
          "A file was cut off or changed. Try again, or use another network. If it happens again, tell the staff.",
        ],
        app_blocked: [
          "Part of this page is blocked",
          "The browser, an extension or the network keeps a file back. Switch that off, or use another.",
        ],
        browser_unsupported: ["This browser is too old", "Update WeChat or the system, then open this page again."],
        lockdown: [
          "Lockdown Mode stops this page",
          "Switch it off for WeChat in Settings › Privacy & Security › Lockdown Mode › Configure Web Browsing.",
        ],
        removed: ["WebAssembly is switched off", "Allow it in the browser's settings, or use another browser."],
        policy: ["This site's policy stops this page", "Tell the staff: the CSP does not allow WebAssembly."],
        app_crashed: ["Something broke", "Load the page again. If it happens again, tell the staff."],
      }
    : {
        loading: ["正在登录…", "网络有点慢，请稍候…", "等待时间过长，可以再试一次。"],
        leaving: "正在前往微信…",
        retry: "重试",
        app_not_loaded: ["页面没有加载成功", "网络不通，请检查网络后重试。"],
        app_missing: ["页面暂时打不开", "缺少文件，网站可能正在更新。请稍后重试，如仍出现，请告诉工作人员。"],
        app_broken: ["页面加载不完整", "有文件不完整或被改动。请重试，或换一个网络。如仍出现，请告诉工作人员。"],
        app_blocked: ["页面被拦截", "浏览器、插件或网络拦截了文件。请关闭广告拦截，或换一个浏览器或网络。"],
        browser_unsupported: ["浏览器版本过低", "请升级微信或手机系统后，重新打开本页。"],
        lockdown: [
          "锁定模式下无法打开本页",
          "请在“设置 › 隐私与安全性 › 锁定模式 › 配置网页浏览”中为微信关闭它。",
        ],
        removed: ["WebAssembly 已被关闭", "请在浏览器设置中允许它，或换一个浏览器。"],
        policy: ["网站的策略拦截了本页", "请告诉工作人员：CSP 不允许 WebAssembly。"],
        app_crashed: ["页面出了问题", "请重新加载。如仍出现，请告诉工作人员。"],
      };
  var has_failed = false;
  var failed_file, last_call;
  if (english) {
    html.lang = "en";
    document.title = words.title;
  }

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
      if (!failed_file) return reload();
      // A code that is being exchanged may take longer than a file.
      last_call = window.setTimeout(reload, window.wechatLogin && window.wechatLogin.session ? 25000 : 3000);
      askAnew(failed_file)
        .then(function (answer) {
          return answer.blob();
        })
        .then(function () {
          // Before it is answered there is no session, and the next page would ask WeChat for another code.
          return window.wechatLogin && window.wechatLogin.session;
        })
        .then(reload, reload);
    };
  }

  function reload() {
    window.clearTimeout(last_call);
    location.reload();
  }

  // Not from the cache, and what comes goes there: what does not run may have come with leave to be kept for a year.
  function askAnew(address) {
    return fetch(address, { cache: "reload" });
  }

  function isLeaving() {
    return window.wechatLogin && window.wechatLogin.leaving;
  }

  // Of a page on its way to WeChat the browser drops what is still loading, and that is no failure.
  function isFirstFailure() {
    if (has_failed || isLeaving()) return false;
    return (has_failed = true);
  }

  function fail(what) {
    if (isFirstFailure()) tell(what);
  }

  // The app's script or module, as the page names it.
  function nameOf(extension) {
    return document.querySelector("script[type=module]").text.match("'(?:\\./)?(\\S+\\." + extension + ")'")[1];
  }

  // The engines have words of their own for why a file did not come, and for a script none: so it is asked for again.
  function failToLoad(file) {
    if (!isFirstFailure()) return;
    failed_file = file;
    function telling(what) {
      return function () {
        tell(what);
      };
    }
    askAnew(file).then(
      function (answer) {
        if (!answer.ok) return tell("app_missing");
        answer.blob().then(function () {
          if (!/javascript/.test(answer.headers.get("Content-Type"))) return tell("app_broken");
          // It is there, but may it run? By another address, because engines remember what became of the first.
          var script = document.createElement("script");
          script.type = "module";
          script.src = file + "?";
          script.onload = telling("app_broken");
          script.onerror = telling("app_blocked");
          document.body.appendChild(script);
        }, telling("app_broken"));
      },
      function () {
        askAnew(location.origin + location.pathname).then(telling("app_blocked"), telling("app_not_loaded"));
      }
    );
  }

  function tell(what) {
    if (isLeaving()) return;
    var text = words[what];
    var code = /_/.test(what) ? what : what === "policy" ? "app_blocked" : "webassembly_off";
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
    if (isOfApp(error)) fail("app_crashed");
    else if (/^EvalError|^CompileError.*(eval|CSP|embedder)/.test(error)) fail("policy");
    else failToLoad(nameOf("wasm"));
  };
  window.addEventListener(
    "error",
    function (event) {
      var target = event.target;
      if (target.className === "qr") target.remove();
      if (target === window) {
        // Whatever its address says: of WebAssembly that is the engine's own.
        if (isOfApp(event.error)) fail("app_crashed");
        // No matter of age, because the sample went well: a file cut on the way, a web server's own page in its place. One
        // that exports something else has no address everywhere.
        else if (
          event.error instanceof SyntaxError &&
          (/export named|binding name|import not found/.test(event.message) || event.filename.indexOf(nameOf("js")) > 0)
        ) {
          failed_file = nameOf("js");
          fail("app_broken");
        }
      } else if (target.tagName === "SCRIPT" && (target.src || nameOf("js")).indexOf(nameOf("js")) >= 0)
        failToLoad(nameOf("js"));
    },
    true
  );
  window.addEventListener("unhandledrejection", function (event) {
    if (isOfApp(event.reason)) fail("app_crashed");
  });

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
