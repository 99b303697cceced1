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

const labels = new Set();
for (const [n, el] of document.querySelectorAll(".decision-panel").entries()) {
  const label = el.getAttribute("aria-label");
  if (labels.has(label)) el.setAttribute("aria-label", `${label} ${n + 1}`);
  labels.add(label);
  for (const intent of ["pointerenter", "focusin", "touchstart"])
    el.addEventListener(intent, () => ready().catch(() => {}), { once: true, passive: true });
  hydrate(el, ask, { fragment: n === 0, header: document.querySelector(".bd-header-article") });
}
window.addEventListener("beforeprint", unfold);
document.documentElement.classList.toggle("dp-page", labels.size > 0);
