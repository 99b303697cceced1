// Run Python in the very files that the page loads: node micropython.mjs FOLDER < job, a JSON of {code, data}.
// The code finds `data`, `Engine` and the page's bundle as `bundle`, and leaves its answer in `result`.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const folder = process.argv[2];
const { loadMicroPython } = await import(pathToFileURL(`${folder}/micropython.js`));
const mp = await loadMicroPython({ url: `${folder}/micropython.wasm`, heapsize: 64 * 1024 * 1024 });
const bundle = JSON.parse(readFileSync(`${folder}/engine.json`, "utf-8"));
const job = JSON.parse(readFileSync(0, "utf-8"));
for (const [name, text] of Object.entries(bundle.files)) mp.FS.writeFile(`/${name}`, text);
mp.globals.set("given", JSON.stringify({ bundle: bundle.data, data: job.data ?? null }));
mp.runPython(`
import sys, json
sys.path.append("/")
from engine import Engine
given = json.loads(given)
bundle, data = given["bundle"], given["data"]
`);
mp.runPython(job.code);
mp.runPython("result = json.dumps(result)");
process.stdout.write(mp.globals.get("result"));
