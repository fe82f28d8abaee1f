// Runs in every page before anything of its own: notes when the openid is on the screen, which is after the first
// frame that is drawn with it.
(() => {
  const observer = new MutationObserver(() => {
    const field = document.querySelector('[data-field=openid]');
    if (!field || !field.textContent || !field.getClientRects().length) return;
    observer.disconnect();
    requestAnimationFrame(() => {
      // What comes by a channel comes after the frame.
      const channel = new MessageChannel();
      channel.port1.onmessage = () => {
        const { timeOrigin } = performance;
        window.benchPage = { openid: field.textContent, after: performance.now(), timeOrigin };
      };
      channel.port2.postMessage(null);
    });
  });
  observer.observe(document, { childList: true, subtree: true, characterData: true });
})();
