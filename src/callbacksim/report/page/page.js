"use strict";
(() => {
  const tip = document.getElementById("tip"), told = document.getElementById("told");
  const show = (mark, x, y) => {
    tip.textContent = mark.dataset.tip;
    tip.hidden = false;
    const box = tip.getBoundingClientRect();
    tip.style.left = Math.max(4, Math.min(x + 14, innerWidth - box.width - 8)) + "px";
    tip.style.top = Math.max(4, y + box.height + 22 > innerHeight ? y - box.height - 10 : y + 16) + "px";
  };
  const hide = () => { tip.hidden = true; };
  document.addEventListener("pointermove", (event) => {
    const mark = event.target.closest && event.target.closest("[data-tip]");
    if (mark) show(mark, event.clientX, event.clientY); else hide();
  });
  document.addEventListener("scroll", hide, true);
  // At the keyboard: the arrows walk through the marks of the picture that has the focus.
  for (const picture of document.querySelectorAll("svg.chart")) {
    const marks = [...picture.querySelectorAll("[data-tip]:not(.shade)")];
    let at = -1;
    const leave = () => { if (at >= 0) marks[at].classList.remove("on"); hide(); };
    picture.addEventListener("keydown", (event) => {
      const row = Number(picture.dataset.columns || 1);
      const step = { ArrowRight: 1, ArrowDown: row, ArrowLeft: -1, ArrowUp: -row }[event.key];
      if (event.key === "Escape") { leave(); return; }
      if (!step || !marks.length) return;
      event.preventDefault();
      leave();
      at = at < 0 ? (step > 0 ? 0 : marks.length - 1) : (at + step + marks.length) % marks.length;
      marks[at].classList.add("on");
      const box = marks[at].getBoundingClientRect();
      show(marks[at], box.x + box.width / 2, box.y);
      told.textContent = marks[at].dataset.tip;
    });
    picture.addEventListener("blur", () => { leave(); at = -1; });
  }
  const key = (cell) => cell === undefined ? "" : cell.dataset.sort !== undefined ? Number(cell.dataset.sort) : cell.textContent.trim();
  const before = (a, b) => typeof a === "number" && typeof b === "number" ? a - b
    : typeof a === "number" ? -1 : typeof b === "number" ? 1 : a.localeCompare(b, document.documentElement.lang, { numeric: true });
  for (const table of document.querySelectorAll("table.sortable")) {
    const heads = [...table.tHead.rows[0].cells];
    heads.forEach((head, column) => {
      const button = head.querySelector("button");
      if (!button) return;
      button.addEventListener("click", () => {
        const way = head.getAttribute("aria-sort") === "ascending" ? "descending" : "ascending";
        heads.forEach((one) => one.removeAttribute("aria-sort"));
        head.setAttribute("aria-sort", way);
        const rows = [...table.tBodies[0].rows];
        rows.sort((a, b) => before(key(a.cells[column]), key(b.cells[column])) * (way === "ascending" ? 1 : -1));
        table.tBodies[0].append(...rows);
      });
    });
  }
  for (const replay of document.querySelectorAll(".replay")) {
    const frames = JSON.parse(replay.dataset.frames), last = frames.at.length - 1;
    const slider = replay.querySelector("input"), button = replay.querySelector(".play"), speed = replay.querySelector("select");
    const gauges = [...replay.querySelectorAll("[data-gauge]")];
    let timer = 0;
    const draw = () => {
      const at = Number(slider.value);
      replay.querySelector("output").value = frames.at[at];
      slider.setAttribute("aria-valuetext", frames.at[at]);
      gauges.forEach((gauge, i) => {
        const value = frames.gauges[i][at];
        gauge.querySelector(".value").textContent = value.toLocaleString("en");
        gauge.querySelector(".fill").style.width = 100 * value / Number(gauge.dataset.most) + "%";
      });
    };
    const pause = () => { clearInterval(timer); timer = 0; button.textContent = replay.dataset.play; };
    button.addEventListener("click", () => {
      if (timer) { pause(); return; }
      if (Number(slider.value) === last) slider.value = 0;
      button.textContent = replay.dataset.pause;
      timer = setInterval(() => {
        slider.value = Math.min(last, Number(slider.value) + Number(speed.value));
        draw();
        if (Number(slider.value) === last) pause();
      }, 120);
    });
    slider.addEventListener("input", draw);
    slider.max = last;
    replay.hidden = false;
    draw();
  }
  const theme = document.getElementById("theme"), root = document.documentElement;
  theme.addEventListener("click", () => {
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
    theme.setAttribute("aria-pressed", String(!dark));
  });
})();
