// On the static page: wake every prerendered panel. The engine is fetched when a reader first shows intent.
import { hydrate } from "./panel.js";
import { ask, ready } from "./wake.js";

/** On paper nothing stays folded; afterwards everything is as it was. */
function unfold() {
  const folded = [...document.querySelectorAll("main details:not([open])")].filter(
    (d) => !d.closest(".decision-panel"),
  );
  for (const d of folded) d.open = true;
  const back = () => {
    for (const d of folded) d.open = false;
  };
  window.addEventListener("afterprint", back, { once: true });
}

/** What a link leads to is opened, where it is folded. */
function reveal() {
  const place = document.getElementById(location.hash.slice(1));
  let folded = place?.closest("details:not([open])");
  if (!folded) return;
  for (; folded; folded = folded.parentElement.closest("details:not([open])")) folded.open = true;
  place.scrollIntoView();
}

/** A source or a term opens where it is named; without this the link leads to the list of sources, or the glossary. */
function cite(event) {
  const link = event.target.closest('a[href*="#source-"], a.term');
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || link.closest("[popover]")) return;
  const card = document.getElementById(
    link.getAttribute("interestfor") ?? link.getAttribute("href").replace(/.*#source-/, "cite-"),
  );
  if (!card?.showPopover) return;
  event.preventDefault();
  card.showPopover({ source: link }); // from where the next Tab goes into it, and beside which it opens
}

/** Where a browser does not open a term on hover and focus by itself, its first sentence is told as a title. */
function hint() {
  for (const link of document.querySelectorAll("a.term[interestfor]"))
    if (!("interestForElement" in link))
      link.title = document.querySelector(`#${link.getAttribute("interestfor")} > p + p`).textContent;
}

/** Who reads: one choice, kept in this browser only, that says what comes first and in which words. */
function reader() {
  const box = document.querySelector(".reader");
  let kept = "";
  try {
    kept = localStorage.getItem("reader") ?? "";
  } catch {} // a browser that keeps nothing asks anew
  document.documentElement.dataset.reader = kept;
  if (!box) return;
  const section = box.closest("section");
  const list = section.querySelector("ul");
  const ways = [...list.children];
  const radios = [...box.querySelectorAll("input")];
  const first = (name) => {
    document.documentElement.dataset.reader = name;
    list.prepend(ways[radios.findIndex((r) => r.value === name)]);
    // danger before all; for people their page comes next, for others the bottom line
    const place = document.querySelector(name === "people" ? ".page-frame" : ".bd-article .admonition");
    place.after(...document.querySelectorAll(".in-danger"), section);
  };
  box.hidden = false;
  for (const radio of radios) radio.checked = radio.value === kept; // a browser may bring back an older choice
  if (radios.some((radio) => radio.checked)) {
    first(kept);
  }
  box.addEventListener("change", (event) => {
    first(event.target.value);
    scrollTo(0, 0); // where the choice now stands
    event.target.focus({ preventScroll: true });
    try {
      localStorage.setItem("reader", event.target.value);
    } catch {}
  });
}

const labels = new Set();
for (const [n, el] of document.querySelectorAll(".decision-panel").entries()) {
  const label = el.getAttribute("aria-label");
  if (labels.has(label)) el.setAttribute("aria-label", `${label} ${n + 1}`);
  labels.add(label);
  for (const intent of ["pointerenter", "focusin", "touchstart"])
    el.addEventListener(intent, () => ready().catch(() => {}), { once: true, passive: true });
  hydrate(el, ask, { fragment: n === 0, header: document.querySelector(".bd-header-article") });
}
/** Escape closes what is open; the theme's own use of that key would keep the browser from it. */
function close(event) {
  if (event.key === "Escape") document.querySelector("[popover]:popover-open")?.hidePopover();
}

document.addEventListener("click", cite);
document.addEventListener("keydown", close);
window.addEventListener("hashchange", reveal);
hint();
reader();
reveal();
window.addEventListener("beforeprint", unfold);
document.documentElement.classList.toggle("dp-page", labels.size > 0);
