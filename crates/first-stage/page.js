// The first stage of a page load, before the app is there: takes WeChat's answer out of the address, begins what the
// app will ask for, and leaves for WeChat where that is all there is to do. What it decides it asks of WebAssembly with
// the app's own rules (crates/login-decision), which comes behind this script. Where that cannot run, the app does all
// of this itself.
//
// Before it in the page stand the base (where the app is on this origin), the link api-bootstrap (where the proxy is, which
// pages need a login, how to leave) and wechatLoginFiles (the app's module, and its length). It leaves wechatLogin for the app;
// docs/en/first-login.md describes both. In old JavaScript, as boot.js.
(function () {
  var files = window.wechatLoginFiles;
  var link = document.getElementById("api-bootstrap");
  if (!files || !window.fetch || !window.Promise || !window.TextDecoder || typeof WebAssembly !== "object") return;
  // Where the app is on this origin, which may have others, of ours too: empty, or for example /h5.
  var base = document.querySelector("base");
  var root = base ? base.href.slice(location.origin.length).replace(/\/[^\/]*$/, "") : "";
  var api = link.href.replace(/\/api\/bootstrap$/, "");
  var pages = root + link.getAttribute("data-login-pages").split(" ").join(" " + root);
  var ways_to_leave = link.getAttribute("data-leave");
  var PREFIX = "wechat-login:";
  var SEPARATOR = "\u0001";
  // Where the browser remembers which module it has in its cache.
  var KEPT = root + "wechat-login-app";
  // Longer than the proxy waits for WeChat and its database, as in the app.
  var TIMEOUT_MS = 25000;
  // A module that answers sooner comes over a fast network.
  var SOON_MS = 50;
  // The longest wait for the rest of the module, and how much longer the way over WeChat and back is than the way to
  // this page was. The first packets come together and say nothing about those that follow.
  var HOLD_MS = 1000;
  var WAY_BACK = 1.5;
  var SETTLED_MS = 30;
  var came_after = performance.now();
  var login = (window.wechatLogin = {});
  var module, asked, answered, comes_soon, bootstrap, decided, has_run, accept, refuse, stay, admit;
  // A page that leaves needs no app, and counts here what it has of the module; so the app gets it once the page stays.
  login.module = new Promise(function (resolve, reject) {
    accept = resolve;
    refuse = reject;
  });
  login.module.catch(ignore);
  var staying = new Promise(function (resolve) {
    stay = resolve;
  });
  // An app that began while the stage is still being compiled would take WeChat's answer and decide, and the stage, which
  // then finds none, would leave once more.
  var admitted = new Promise(function (resolve) {
    admit = resolve;
  });

  function ignore() {}

  // Either may be switched off.
  function storages() {
    var all = [];
    ["sessionStorage", "localStorage"].forEach(function (name) {
      try {
        if (window[name]) all.push(window[name]);
      } catch (error) {}
    });
    return all;
  }

  function records() {
    var all = [];
    storages().forEach(function (storage) {
      for (var at = 0; at < storage.length; at++) {
        var key = storage.key(at);
        if (key.indexOf(root + PREFIX) === 0) all.push(key.slice(root.length), storage.getItem(key));
      }
    });
    return all;
  }

  function save(key, text) {
    storages().forEach(function (storage) {
      try {
        storage.setItem(root + key, text);
      } catch (error) {
        // Full. The other one may have room.
      }
    });
  }

  function ask(path, body) {
    var options = { credentials: "include" };
    if (body) {
      options.method = "POST";
      options.headers = { "Content-Type": "application/json" };
      options.body = body;
    }
    var controller = window.AbortController && new AbortController();
    if (controller) options.signal = controller.signal;
    var timer = setTimeout(function () {
      if (controller) controller.abort();
    }, TIMEOUT_MS);
    var answer = fetch(api + path, options);
    var text = answer.then(function (it) {
      return it.clone().text();
    });
    // What has come stays, however long the app takes to read it.
    function done() {
      clearTimeout(timer);
    }
    text.then(done, done);
    return { answer: answer, text: text };
  }

  function askBootstrap() {
    if (!bootstrap) bootstrap = ask("/api/bootstrap");
    login.bootstrap = bootstrap.answer;
  }

  function keepInMind() {
    try {
      localStorage.setItem(KEPT, files.module);
    } catch (error) {
      // Then it is a little slower the next time.
    }
  }

  function fetchModule() {
    if (module) return;
    asked = performance.now();
    module = fetch(files.module);
    module.then(function (answer) {
      answered = performance.now();
      comes_soon = comes_soon || answered - asked < SOON_MS;
      (comes_soon ? admitted : staying).then(function () {
        accept(answer);
      });
    }, refuse);
    login.module.then(keepInMind, ignore);
  }

  function alone() {
    stay();
    admit();
    fetchModule();
  }

  function begin(stage) {
    // The fields of the answer; none where the app has to decide.
    function call(step, fields) {
      var text = fields.join(SEPARATOR);
      var input = new TextEncoder().encode(text);
      if (input.length > stage.size() || text.split(SEPARATOR).length !== fields.length) return [];
      new Uint8Array(stage.memory.buffer, stage.input(), input.length).set(input);
      var output = new Uint8Array(stage.memory.buffer, stage.output(), step(input.length));
      return output.length ? new TextDecoder().decode(output).split(SEPARATOR) : [];
    }

    function local() {
      return location.pathname + location.search + location.hash;
    }

    function decide(bootstrap) {
      var session = bootstrap.session || {};
      var names = Object.keys(bootstrap.accounts);
      crypto.getRandomValues(new Uint8Array(stage.memory.buffer, stage.random(), 192));
      // What the tab remembers.
      function own(key) {
        try {
          return sessionStorage.getItem(root + key);
        } catch (error) {}
      }
      var facts = [Date.now(), location.origin, local(), navigator.userAgent, pages];
      // Not those of wechatLogin: the app may have taken them over by now.
      facts.push(found[1], found[2], found[3], found[4], own("wechat-login-signed-out"));
      facts.push(own("wechat-login-moved"), bootstrap.public_url, bootstrap.require_wechat ? 1 : "", bootstrap.authorize_url_base, bootstrap.default_account);
      facts.push(session.account, session.snapshot ? 1 : "", names.length);
      names.forEach(function (name) {
        facts.push(name, bootstrap.accounts[name].appid);
      });
      return call(stage.enter, facts.concat(records()));
    }

    var found = call(stage.arrive, [Date.now(), local()].concat(records()));
    if (!found.length) return stay();
    login.kind = found[1];
    login.code = found[2];
    login.state = found[3];
    login.record = found[4];
    login.version = stage.version();
    if (found[0]) history.replaceState(null, "", location.origin + found[0]);
    if (found[7]) {
      save(found[5], found[6]);
      login.session = ask("/api/session", found[7]).answer;
      askBootstrap();
      return stay();
    }
    // Only pages of the list leave from here, so the others have no need to wait.
    if ((" " + pages + " ").indexOf(" " + location.pathname + " ") < 0) stay();
    askBootstrap();
    decided = bootstrap.answer.then(function (answer) {
      return bootstrap.text
        .then(JSON.parse)
        .then(decide)
        .then(function (way) {
          if (answer.ok && way.length) leaveFor(way[0], way[1], way[2]);
        })
        .catch(function () {
          login.leaving = false;
        })
        .then(function () {
          return login.leaving ? new Promise(ignore) : answer;
        });
    });
    decided.then(stay, stay);
    login.bootstrap = decided;
  }

  function leaveFor(url, key, record) {
    // The user reads why nothing works here.
    if (document.body && document.body.classList.contains("failed")) return;
    // Not for WeChat, but for where the page should have been opened; and not where nobody remembers that it went.
    if (key.indexOf(PREFIX)) {
      sessionStorage.setItem(root + key, record);
      login.leaving = true;
      return location.replace(url);
    }
    login.leaving = true;
    save(key, record);
    var has_left = false;
    function leave() {
      if (!has_left) location.replace(url);
      has_left = true;
    }
    try {
      if (window.appLeaves) window.appLeaves();
      keepModule(leave);
    } catch (error) {
      leave();
    }
  }

  // A navigation throws away what is half loaded, unless a service worker loads it, too: for the two the browser asks once.
  // Without one the page leaves as soon as the rest will come before WeChat's answer does, until which Chromium goes on
  // loading; WebKit ends what is loading as soon as a navigation begins (2.50), so there all of it must have come.
  function keepModule(leave) {
    if (comes_soon) return leave();
    if (/worker/.test(ways_to_leave) && navigator.serviceWorker) {
      // For no page: it has nothing to do with any, and the site's own worker stays.
      navigator.serviceWorker.register("sw.js?" + files.module, { scope: "sw.js" }).catch(ignore);
      return leave();
    }
    if (!/hold/.test(ways_to_leave) || !files.size) return leave();
    var goes_on_loading = !/AppleWebKit(?!.*Chrom)/.test(navigator.userAgent);
    setTimeout(leave, HOLD_MS);
    module
      .then(function (answer) {
        var reader = answer.body.getReader();
        var bytes = 0;
        function read(part) {
          if (part.done) {
            keepInMind();
            return leave();
          }
          bytes += part.value.length;
          // Counted from its beginning: what has come meanwhile is read at once.
          var took = performance.now() - answered;
          var rest = (took * (files.size - bytes)) / bytes;
          if (goes_on_loading && took >= SETTLED_MS && rest < came_after * WAY_BACK) leave();
          return reader.read().then(read);
        }
        return reader.read().then(read);
      })
      .catch(leave);
  }

  // Brought to life again after it had left, by Back or because nothing came of it.
  window.addEventListener("pageshow", function (event) {
    if (event.persisted && login.leaving) location.reload();
  });

  function run(instance) {
    try {
      begin(instance.exports);
    } catch (error) {
      stay();
    }
    admit();
    fetchModule();
  }

  // Synchronously, because a small module would wait for the big one to be compiled; old Chromium compiles only 4 KB so.
  function compile(text) {
    var bytes, instance;
    try {
      bytes = Uint8Array.from(text, function (character) {
        return character.charCodeAt(0);
      });
      instance = new WebAssembly.Instance(new WebAssembly.Module(bytes));
    } catch (error) {}
    if (instance) return run(instance);
    if (!bytes) return alone();
    return WebAssembly.instantiate(bytes).then(function (it) {
      run(it.instance);
    }, alone);
  }

  // Behind this script stands the module, as a text of its bytes.
  login.run = function (text) {
    has_run = true;
    if (!is_clean || !comes_soon) return compile(text);
    // Who is known, and has the app, needs no first stage; the app waits for this promise.
    admit();
    login.bootstrap = bootstrap.text
      .then(JSON.parse)
      .then(function (it) {
        return it.session || compile(text);
      })
      .catch(ignore)
      .then(function () {
        return decided || bootstrap.answer;
      });
  };
  document.addEventListener("DOMContentLoaded", function () {
    if (!has_run) alone();
  });

  comes_soon = storages().some(function (storage) {
    return storage.getItem(KEPT) === files.module;
  });
  // Nothing of WeChat's can be in an address without a state, so that these need no decision.
  var is_clean = !/[?&]state=/.test(location.search);
  if (is_clean) askBootstrap();
  if (is_clean || comes_soon) fetchModule();
})();
