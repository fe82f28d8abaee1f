// Loads the page again when the app was built anew, and says above it what is wrong with the development setup. Only
// `make dev` serves it.
(function () {
  var script = document.currentScript;
  var build = script.getAttribute("data-build");
  var address = script.src.replace(/client\.js$/, "events");
  var events, bar;

  function element(name, style, text) {
    var made = document.createElement(name);
    made.style.cssText = style;
    made.textContent = text || "";
    return made;
  }

  function show(notes) {
    if (bar) bar.remove();
    bar = undefined;
    if (!notes.length) return;
    bar = document.createElement("dev-server-notes");
    bar.style.cssText = "all:initial;position:fixed;top:0;left:0;right:0;z-index:2147483647";
    // A tree of its own, which the app's style does not reach.
    var inside = bar.attachShadow ? bar.attachShadow({ mode: "open" }) : bar;
    var box = element(
      "div",
      "max-height:60vh;overflow:auto;box-sizing:border-box;padding:10px 44px 10px 14px;background:#7d1a1a;color:#fff;" +
        "font:14px/1.5 system-ui,sans-serif;box-shadow:0 2px 8px rgba(0,0,0,.4)"
    );
    box.setAttribute("role", "alert");
    notes.forEach(function (note) {
      box.appendChild(element("div", "font-weight:600;overflow-wrap:anywhere", note.title));
      if (note.text) {
        box.appendChild(
          element("pre", "margin:6px 0 8px;font:12px/1.45 ui-monospace,monospace;white-space:pre-wrap;overflow-wrap:anywhere", note.text)
        );
      }
    });
    var close = element(
      "button",
      "position:absolute;top:4px;right:8px;border:0;background:none;color:#fff;font:24px/1.4 sans-serif;cursor:pointer",
      "×"
    );
    close.onclick = function () {
      bar.remove();
    };
    box.appendChild(close);
    inside.appendChild(box);
    document.documentElement.appendChild(bar);
  }

  // One page at a time: a browser opens six connections to a host, and tabs in the back would hold them all.
  function follow() {
    if (events) events.close();
    events = undefined;
    if (document.hidden) return;
    events = new EventSource(address);
    events.onmessage = function (event) {
      var told = JSON.parse(event.data);
      if (told.build && told.build !== build) location.reload();
      else show(told.notes);
    };
  }

  document.addEventListener("visibilitychange", follow);
  window.addEventListener("pageshow", follow);
  window.addEventListener("pagehide", function () {
    if (events) events.close();
    events = undefined;
  });
  follow();
})();
