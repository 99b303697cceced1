// On the static page: wake every prerendered panel. The engine is fetched when a reader first shows intent.
import { hydrate } from "./panel.js";

const here = new URL("./", import.meta.url);
let engine;

/** Start MicroPython with the book's own modules and data; one engine serves every panel of the page. */
async function start() {
  const [{ loadMicroPython }, bundle] = await Promise.all([
    import(new URL("micropython.mjs", here)),
    fetch(new URL("engine.json", here)).then((r) => {
      if (!r.ok) throw new Error(`engine.json: ${r.status}`);
      return r.json();
    }),
  ]);
  if (typeof WebAssembly !== "object") throw new Error("this browser has no WebAssembly");
  const mp = await loadMicroPython({ url: new URL("micropython.wasm", here).href, heapsize: 16 * 1024 * 1024 });
  for (const [name, text] of Object.entries(bundle.files)) mp.FS.writeFile("/" + name, text);
  mp.globals.set("data_text", JSON.stringify(bundle.data));
  mp.runPython("import sys, json\nsys.path.append('/')\nfrom engine import Engine\nask = Engine(json.loads(data_text)).ask\ndel data_text");
  const ask = mp.globals.get("ask");
  return (q) => JSON.parse(ask(JSON.stringify(q)));
}

function ready() {
  engine ??= start();
  engine.catch(() => (engine = undefined)); // a later try may succeed
  return engine;
}

const ask = async (q) => (await ready())(q);
document.querySelectorAll(".decision-panel").forEach((el, n) => {
  for (const intent of ["pointerenter", "focusin", "touchstart"]) el.addEventListener(intent, () => ready().catch(() => {}), { once: true, passive: true });
  hydrate(el, ask, { fragment: n === 0 });
});
