// Until a page is awake, its clocks go on by themselves: they were right when the server wrote them.
(() => {
  const came = performance.getEntriesByType("navigation")[0]?.responseStart ?? 0;
  const two = (n) => String(n).padStart(2, "0");
  const digits = (ms) => {
    const s = Math.ceil(Math.max(0, ms) / 1000);
    const [h, m] = [Math.floor(s / 3600), Math.floor(s / 60) % 60];
    return h ? `${h}:${two(m)}:${two(s % 60)}` : `${m}:${two(s % 60)}`;
  };
  const tick = () => {
    if (document.body.dataset.awake !== undefined) return;
    for (const ring of document.querySelectorAll(".ring[data-left]")) {
      const left = ring.dataset.left - (performance.now() - came);
      const text = ring.querySelector(".ring-digits")?.firstChild;
      if (text) text.data = digits(left);
    }
    setTimeout(tick, 250);
  };
  tick();
})();
