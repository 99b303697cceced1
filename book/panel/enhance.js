// On the static page: wake every prerendered panel. The engine is fetched when a reader first shows intent.
import { hydrate, reply } from "./panel.js";

const at = (name) => new URL(name, import.meta.url).href;
let engine;
let tries = 0;
const boot = `
import sys, json
sys.path.append("/")
from engine import Engine
ask = Engine(json.loads(data_text)).ask
del data_text
`;

/** Start MicroPython with the book's own modules and data; one engine serves every panel of the page. */
async function start() {
  if (typeof WebAssembly !== "object") throw new Error("this browser has no WebAssembly");
  const early = document.createElement("link"); // the largest file starts with the others, not after them
  Object.assign(early, { rel: "preload", as: "fetch", crossOrigin: "anonymous", href: at("micropython.wasm") });
  document.head.append(early);
  const [{ loadMicroPython }, bundle] = await Promise.all([
    import(at("micropython.mjs") + (tries ? `?again=${tries}` : "")), // a failed import would be remembered
    fetch(at("engine.json")).then((r) => {
      if (!r.ok) throw new Error(`engine.json: ${r.status}`);
      return r.json();
    }),
  ]);
  const mp = await loadMicroPython({ url: early.href, heapsize: 4 * 1024 * 1024 });
  for (const [name, text] of Object.entries(bundle.files)) mp.FS.writeFile(`/${name}`, text);
  mp.globals.set("data_text", JSON.stringify(bundle.data));
  mp.runPython(boot);
  const ask = mp.globals.get("ask");
  return (q) => reply(ask(JSON.stringify(q)));
}

function ready() {
  if (!engine) {
    engine = start();
    engine.catch(() => {
      engine = undefined; // a later try may succeed
      tries++;
    });
  }
  return engine;
}

const ask = async (q) => (await ready())(q);
const labels = new Set();
document.querySelectorAll(".decision-panel").forEach((el, n) => {
  const label = el.getAttribute("aria-label");
  if (labels.has(label)) el.setAttribute("aria-label", `${label} ${n + 1}`);
  labels.add(label);
  for (const intent of ["pointerenter", "focusin", "touchstart"])
    el.addEventListener(intent, () => ready().catch(() => {}), { once: true, passive: true });
  hydrate(el, ask, { fragment: n === 0 });
});
