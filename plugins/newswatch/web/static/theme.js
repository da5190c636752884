// Follows Airflow's theme: inside its frame the class on its root element, elsewhere what it has kept in localStorage.
// Without either, the style sheet follows the system. Runs before the page is drawn, so that nothing flashes.
"use strict";
(() => {
  const root = document.documentElement;
  const framed = window.parent !== window;
  const known = (name) => (name === "light" || name === "dark" ? name : null);

  function airflows() {
    if (framed) {
      try {
        const classes = window.parent.document.documentElement.classList;
        return classes.contains("dark") ? "dark" : classes.contains("light") ? "light" : null;
      } catch {
        return null; // another site's frame: Content-Security-Policy refuses that anyway
      }
    }
    try {
      return known(window.localStorage.getItem("theme"));
    } catch {
      return null;
    }
  }

  function follow() {
    const theme = airflows();
    if (theme) root.dataset.theme = theme;
    else delete root.dataset.theme;
  }

  root.dataset.script = "";
  if (framed) root.dataset.framed = "";
  follow();
  window.addEventListener("storage", follow);
  if (framed) {
    try {
      new MutationObserver(follow).observe(window.parent.document.documentElement, { attributeFilter: ["class"] });
    } catch {
      // as above
    }
  }
})();
