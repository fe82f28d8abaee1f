// Loads the app's module while the page leaves for WeChat: all else that is loading ends with the page. The module's address
// stands behind the question mark, so that each version of the app has a worker of its own; the browser's cache keeps what
// came, and asks once for both. Answers no requests.
self.oninstall = function (event) {
  var module = fetch(location.search.slice(1));
  event.waitUntil(
    module.then(function (answer) {
      return answer.arrayBuffer();
    })
  );
};
