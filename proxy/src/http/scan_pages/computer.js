(function () {
  var main = document.querySelector("main");
  var token = main.getAttribute("data-token");
  var end = Date.now() + 120000;
  var known = "waiting";
  var failures = 0;
  function show(state) {
    var all = document.querySelectorAll("[data-state]");
    for (var i = 0; i < all.length; i++) {
      all[i].hidden = all[i].getAttribute("data-state") !== state;
    }
    var over = state === "expired" || state === "refused";
    main.className = over ? "over" : "";
    document.getElementById("again").hidden = !over;
  }
  function again(pause) {
    // A decision in the last second is good for another minute.
    if (Date.now() > end + (known === "seen" ? 60000 : 0)) {
      show("expired");
    } else {
      setTimeout(ask, pause);
    }
  }
  function ask() {
    var began = Date.now();
    var request = new XMLHttpRequest();
    request.open("POST", main.getAttribute("data-wait"));
    request.setRequestHeader("Content-Type", "application/json");
    request.timeout = 40000;
    request.onloadend = function () {
      var answer = {};
      try {
        answer = JSON.parse(request.responseText);
      } catch (error) {}
      if (request.status === 200 && answer.location) {
        show("allowed");
        location.replace(answer.location);
      } else if (request.status === 200 && answer.state) {
        failures = 0;
        // Whoever ends, or has too many waiting, answers at once; all asking it again and again would be a storm.
        var pause = 1000 + 4000 * Math.random() - (Date.now() - began);
        if (answer.state !== known) {
          show(answer.state);
          pause = 0;
        }
        known = answer.state;
        if (known === "waiting" || known === "seen") {
          again(Math.max(0, pause));
        }
      } else if (/^4(03|04|10)$/.test(request.status)) {
        show("expired");
      } else {
        failures += 1;
        again(Math.min(15000, 500 * Math.pow(2, failures)) * (0.5 + Math.random() / 2));
      }
    };
    request.send(JSON.stringify({ token: token, known: known }));
  }
  // The app waits ten minutes for its login, and this takes three at most: an older one begins anew there.
  var began;
  try {
    began = Number(sessionStorage.getItem(location.search)) || Date.now();
    sessionStorage.setItem(location.search, began);
  } catch (error) {}
  if (Date.now() - began > 420000) {
    location.replace(main.getAttribute("data-back"));
    return;
  }
  document.getElementById("again").onclick = function () {
    location.reload();
  };
  ask();
})();
