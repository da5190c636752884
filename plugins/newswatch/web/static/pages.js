// Small things that HTML alone cannot do. Every page works without them.
"use strict";
(() => {
  const REFRESH_MS = 30_000;
  const framed = window.parent !== window;

  // The live list looks again, unless somebody is using it.
  window.setInterval(() => {
    const live = document.querySelector("[data-live]");
    if (!live || document.hidden || live.querySelector("details[open]") || live.contains(document.activeElement)) return;
    window.htmx.trigger(live, "refresh");
  }, REFRESH_MS);

  // Airflow's frame lets no window be opened from inside it: the page around it opens the link instead.
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.('a[target="_blank"]');
    if (!link || !framed) return;
    event.preventDefault();
    const outer = window.parent.document.createElement("a");
    outer.href = link.href;
    outer.target = "_blank";
    outer.rel = "noopener noreferrer";
    outer.click();
  });

  // Menus: one at a time, closed by Escape or a click beside them.
  document.addEventListener("toggle", (event) => {
    if (!event.target.matches?.("details.menu") || !event.target.open) return;
    for (const other of document.querySelectorAll("details.menu[open]")) if (other !== event.target) other.open = false;
  }, true);
  document.addEventListener("keydown", (event) => {
    const menu = event.key === "Escape" && document.querySelector("details.menu[open]");
    if (!menu) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest?.("details.menu")) return;
    for (const menu of document.querySelectorAll("details.menu[open]")) menu.open = false;
  });

  // After an answer the keyboard stays where it was.
  document.addEventListener("htmx:afterSwap", (event) => {
    const bar = event.detail.elt;
    if (bar?.matches?.(".answers")) bar.focus({ preventScroll: true });
    if (bar?.matches?.(".item")) (document.querySelector(".item:not(.done) button") ?? bar).focus();
  });

  // A slider tells at once what it would find; the server is asked when it comes to rest.
  document.addEventListener("input", (event) => {
    const slider = event.target;
    if (!slider.matches?.("input[data-above]")) return;
    const row = slider.closest("[data-signal]"), threshold = Number(slider.value);
    const output = row.querySelector("output");
    output.textContent = threshold.toFixed(2);
    output.classList.toggle("moved", threshold !== Number(slider.dataset.now));
    const above = slider.dataset.above.split(" "), days = Number(slider.dataset.days);
    row.querySelector("[data-found]").textContent = (above[Math.round(100 * threshold)] / days).toFixed(1);
    const spots = slider.dataset.curve.trim().split(" ").filter(Boolean).map((spot) => spot.split(","));
    if (!spots.length) return;
    const near = spots.reduce((best, spot) => (Math.abs(spot[0] - threshold) < Math.abs(best[0] - threshold) ? spot : best));
    const ring = row.querySelector(".asked");
    ring.setAttribute("cx", near[1]);
    ring.setAttribute("cy", near[2]);
    row.querySelector("[data-quality]").textContent = `${near[3]} · ${near[4]}`;
  });

  // What was refused is said, not swallowed.
  function tell(text) {
    const notice = document.getElementById("notice");
    notice.textContent = text;
    window.setTimeout(() => { if (notice.textContent === text) notice.textContent = ""; }, 12_000);
  }
  document.addEventListener("htmx:responseError", (event) => {
    const answer = event.detail.xhr;
    let text = answer.responseText;
    if ((answer.getResponseHeader("content-type") || "").includes("json")) text = JSON.parse(text).detail;
    else text = new DOMParser().parseFromString(text, "text/html").body.textContent.trim();
    tell(text || `The server answered ${answer.status}. Nothing was changed.`);
  });
  document.addEventListener("htmx:sendError", () => tell("The server cannot be reached. Nothing was changed."));
})();
