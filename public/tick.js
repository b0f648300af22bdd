// Until a page is awake, its clocks go on by themselves: they were right when the server wrote them.
(() => {
  const came = performance.getEntriesByType("navigation")[0]?.responseStart ?? 0;
  const two = (n) => String(n).padStart(2, "0");
  const digits = (s) => {
    const [h, m] = [Math.floor(s / 3600), Math.floor(s / 60) % 60];
    return h ? `${h}:${two(m)}:${two(s % 60)}` : `${m}:${two(s % 60)}`;
  };
  const tick = () => {
    if (document.body.dataset.awake !== undefined) return;
    const gone = performance.now() - came;
    for (const clock of document.querySelectorAll("[data-left], [data-worked]")) {
      const { left, whole, worked } = clock.dataset;
      const still = Math.max(0, left - gone);
      const text = (clock.querySelector(".ring-digits") ?? clock).firstChild;
      if (text) text.data = digits(worked === undefined ? Math.ceil(still / 1000) : Math.floor((+worked + gone) / 1000));
      if (whole) clock.querySelector(".ring-sweep")?.setAttribute("stroke-dasharray", `${(100 * still) / whole} 100`);
    }
    setTimeout(tick, 250);
  };
  tick();
})();
