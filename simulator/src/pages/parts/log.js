(() => {
  const list = document.getElementById('log-list');
  if (!list) return;
  let shown = null;
  const look = async () => {
    if (!document.hidden && !list.querySelector('details[open]')) {
      try {
        const answer = await fetch('/_simulator/log' + location.search);
        const text = answer.ok ? await answer.text() : shown;
        if (text !== null && text !== shown) { list.innerHTML = text; shown = text; }
      } catch { /* stopped or restarting: the next look will tell */ }
    }
    setTimeout(look, 1500);
  };
  setTimeout(look, 1500);
})();
