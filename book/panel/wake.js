// The engine on the static page: MicroPython with the book's own modules and data, started once for a whole page.
import { reply } from "./panel.js";

const at = (name) => new URL(name, import.meta.url).href;
let engine;
let tries = 0;

/** Start MicroPython with the book's own modules and data; one engine serves every panel of the page. */
async function start() {
  if (typeof WebAssembly !== "object") throw new Error("this browser has no WebAssembly");
  const early = document.createElement("link"); // the largest file starts with the others, not after them
  Object.assign(early, { rel: "preload", as: "fetch", crossOrigin: "anonymous", href: at("micropython.wasm") });
  document.head.append(early);
  const library = import(at("micropython.js") + (tries ? `?again=${tries}` : "")); // a failed import would be remembered
  library.catch(() => {}); // it is told below, after what the bundle has to say
  const bundle = await fetch(at("engine.json")).then((r) => {
    if (r.status === 404) throw new Error("the book may have changed since this page came; load the page again");
    if (!r.ok) throw new Error(`engine.json: ${r.status}`);
    return r.json();
  });
  const { loadMicroPython } = await library;
  const mp = await loadMicroPython({ url: early.href, heapsize: 8 * 1024 * 1024 });
  for (const [name, text] of Object.entries(bundle.files)) mp.FS.writeFile(`/${name}`, text);
  mp.globals.set("data_text", JSON.stringify(bundle.data));
  mp.runPython(
    "import sys, json\nsys.path.append('/')\nfrom engine import Engine\nask = Engine(json.loads(data_text)).ask\ndel data_text",
  );
  const ask = mp.globals.get("ask");
  return (q) => reply(ask(JSON.stringify(q)));
}

/** The engine, on its way or there; after a failure a later try may succeed. */
export function ready() {
  if (!engine) {
    engine = start();
    engine.catch(() => {
      engine = undefined;
      tries++;
    });
  }
  return engine;
}

/** Ask it something. */
export const ask = async (q) => (await ready())(q);
