"use strict";
(() => {
  const all = (selector) => Array.from(document.querySelectorAll(selector));
  const KEY = "countersign-language";
  const keep = (name) => { try { localStorage.setItem(KEY, name); } catch { /* a shared folder may forbid it */ } };
  const kept = () => { try { return localStorage.getItem(KEY); } catch { return null; } };

  const speak = (name) => { document.documentElement.lang = name === "en" ? "en-GB" : "zh-CN"; };
  for (const button of all(".switch")) {
    const name = button.id.replace("language-", "");
    if (kept() === name) button.checked = true;
    if (button.checked) speak(name);
    button.addEventListener("change", () => { keep(name); speak(name); });
  }

  // open points, one key each
  const points = all("#open .point");
  let current = -1;
  const step = (by) => {
    if (!points.length) return;
    current = Math.min(Math.max(current + by, 0), points.length - 1);
    points[current].focus({ preventScroll: true });
    points[current].scrollIntoView({ block: "start" });
  };
  points.forEach((point, index) => point.addEventListener("focusin", () => { current = index; }));

  // a page opened from here closes to where the reader was
  let opened = false;
  const sheet = () => document.querySelector(".sheet:target");
  for (const link of all("a.zoom")) link.addEventListener("click", () => { opened = true; });
  const close = () => {
    if (opened) { opened = false; history.back(); } else { location.hash = sheet().querySelector(".back").hash; }
  };
  for (const link of all(".sheet .back")) {
    link.addEventListener("click", (event) => { event.preventDefault(); close(); });
  }
  const turn = (selector) => { const link = sheet().querySelector(selector); if (link) location.replace(link.hash); };
  for (const link of all(".sheet .previous, .sheet .following")) {
    link.addEventListener("click", (event) => { event.preventDefault(); location.replace(link.hash); });
  }

  // a large page opens at the point it was opened from, else at its first marked point
  const settle = () => {
    const shown = sheet();
    if (!shown) return;
    const number = current < 0 ? "" : points[current].id.replace("point-", "");
    const mark = shown.querySelector(`[data-point="${number}"]`) || shown.querySelector("[data-point]");
    if (mark) mark.scrollIntoView({ block: "center", inline: "nearest" }); else shown.querySelector(".stage").scrollTop = 0;
  };
  addEventListener("hashchange", settle);
  addEventListener("load", settle);

  const inSheet = { Escape: close, ArrowLeft: () => turn(".previous"), ArrowRight: () => turn(".following"),
    k: () => turn(".previous"), j: () => turn(".following") };
  const onPage = { j: () => step(1), k: () => step(-1), ArrowRight: () => step(1), ArrowLeft: () => step(-1),
    Enter: () => { const link = points[current] && points[current].querySelector("a.zoom"); if (link) link.click(); } };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest(/^Arrow/.test(event.key) ? "input" : "input:not(.switch)")) return;
    if (event.key === "Enter" && event.target.closest("a, summary, input")) return;
    const act = (sheet() ? inSheet : onPage)[event.key];
    if (act) { event.preventDefault(); act(); }
  });

  // paper has no folds
  const folded = [];
  addEventListener("beforeprint", () => {
    for (const part of all("details:not([open])").filter((part) => !part.closest(".old"))) { part.open = true; folded.push(part); }
  });
  addEventListener("afterprint", () => { for (const part of folded.splice(0)) part.open = false; });

  // the list of all cases
  const search = document.getElementById("search");
  if (search) {
    const rows = all("tr[data-state]").map((row) => [row, row.textContent.toLowerCase()]);
    let state = "", due = "";
    const sift = () => {
      const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
      let shown = 0;
      for (const [row, text] of rows) {
        const other = (state && row.dataset.state !== state) || (due && row.dataset.due !== due);
        row.hidden = Boolean(other) || !words.every((word) => text.includes(word));
        shown += row.hidden ? 0 : 1;
      }
      document.getElementById("nothing").hidden = shown > 0;
    };
    const filters = all(".filter");
    const choose = (filter) => {
      state = filter.dataset.state || "";
      due = filter.dataset.due || "";
      for (const other of filters) other.classList.toggle("on", other === filter);
      sift();
    };
    for (const filter of filters) {
      filter.addEventListener("click", () => choose(filter));
      if (location.hash === filter.hash && (filter.dataset.state || filter.dataset.due)) choose(filter);
    }
    search.addEventListener("input", sift);
    document.addEventListener("keydown", (event) => {
      if (event.key === "/" && event.target !== search) { event.preventDefault(); search.focus(); }
    });
  }
})();
