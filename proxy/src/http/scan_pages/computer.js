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
    if (Date.now() > end && known === "waiting") {
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
        if (answer.state !== known) {
          show(answer.state);
        }
        known = answer.state;
        if (known === "waiting" || known === "seen") {
          // Whoever ends answers at once; asking it again and again would be a storm.
          again(Math.max(0, 1000 - (Date.now() - began)));
        }
      } else if (request.status === 410) {
        show("expired");
      } else {
        failures += 1;
        again(Math.min(15000, 500 * Math.pow(2, failures)));
      }
    };
    request.send(JSON.stringify({ token: token, known: known }));
  }
  document.getElementById("again").onclick = function () {
    location.reload();
  };
  ask();
})();
