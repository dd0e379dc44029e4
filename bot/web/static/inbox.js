// Comforts only; every page works without. j and k walk over the cards or lines, / goes to the search, Escape closes a menu.
"use strict";

const stops = () => [...document.querySelectorAll("main .slot > .card, main .listing tbody a")].filter((stop) => stop.offsetParent);

function walk(by) {
  const all = stops();
  const at = all.findIndex((stop) => stop.contains(document.activeElement) || stop === document.activeElement);
  const next = all[at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + by, 0), all.length - 1)];
  if (!next) return;
  if (next.tagName !== "A") next.tabIndex = -1;
  next.focus();
  next.scrollIntoView({ block: "nearest" });
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    const open = document.querySelector("details.more[open]");
    if (open) {
      open.open = false;
      open.querySelector("summary").focus();
    }
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select, textarea")) return;
  if (event.key === "j" || event.key === "k") walk(event.key === "j" ? 1 : -1);
  if (event.key === "/") {
    event.preventDefault();
    document.getElementById("q")?.focus();
  }
});

document.addEventListener("click", (event) => {
  for (const open of document.querySelectorAll("details.more[open]")) if (!open.contains(event.target)) open.open = false;
});
