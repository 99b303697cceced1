// "Audit an answer": boxes to tick, and beside them what an answer that asks only these would let through.
// Every word of the result is written by book/panel/holes.py in the page's engine; nothing is sent anywhere.
import { ask, ready } from "./wake.js";

const WAITING = "Loading the engine… What stands here is from before your tick.";

function begin(el) {
  const $ = (q) => el.querySelector(q);
  const boxes = [...el.querySelectorAll("input[type=checkbox]")];
  const presets = [...el.querySelectorAll("[data-preset]")];
  return {
    el,
    boxes,
    presets,
    form: $("form"),
    count: $(".au-count"),
    result: $(".au-result"),
    message: $(".au-message"),
    said: $(".au-said"),
    root: el.dataset.root,
    turn: 0,
  };
}

const asked = (s) => s.boxes.filter((b) => b.checked).map((b) => b.value);

function say(s, words) {
  s.message.textContent = words;
  s.message.hidden = !words;
}

/** Tick exactly these; what folded boxes hold is shown where one of them is ticked. */
function tick(s, ids) {
  for (const b of s.boxes) b.checked = ids.includes(b.value);
  for (const d of s.form.querySelectorAll("details")) d.open ||= Boolean(d.querySelector("input:checked"));
}

function draw(s, a) {
  const open = new Map([...s.result.querySelectorAll("details[data-key]")].map((d) => [d.dataset.key, d.open]));
  const focused = s.result.contains(document.activeElement);
  s.result.innerHTML = a.details[0][1];
  for (const d of s.result.querySelectorAll("details[data-key]"))
    if (s.touched && open.has(d.dataset.key)) d.open = open.get(d.dataset.key);
  if (focused) (s.result.querySelector("[data-tick]") ?? s.result.querySelector("a, summary"))?.focus();
  if (s.count.textContent !== a.count) s.count.textContent = a.count;
  const now = asked(s).sort().join(" ");
  for (const b of s.presets)
    b.setAttribute("aria-pressed", String(b.dataset.preset.split(" ").sort().join(" ") === now));
}

/** Audit what is ticked and draw it; an answer that is overtaken is dropped. */
async function update(s) {
  const mine = ++s.turn;
  const wait = setTimeout(() => mine === s.turn && say(s, WAITING), 400);
  s.result.setAttribute("aria-busy", "true");
  try {
    const a = await ask({ do: "audit", asked: asked(s), root: s.root });
    if (mine !== s.turn) return;
    if (a.fault) say(s, a.fault);
    else draw(s, a);
    if (!a.fault) say(s, "");
  } catch (error) {
    if (mine !== s.turn) return;
    s.count.textContent = "Nothing was audited.";
    s.result.replaceChildren();
    say(s, `The engine could not be loaded (${error.message ?? error}). Tick a box to try once more.`);
  } finally {
    clearTimeout(wait);
  }
  s.result.removeAttribute("aria-busy");
}

async function give(s, text, done) {
  try {
    await navigator.clipboard.writeText(text);
    s.said.textContent = done;
  } catch {
    const box = document.createElement("textarea");
    Object.assign(box, { value: text, readOnly: true, rows: 8, ariaLabel: "To copy by hand" });
    s.said.replaceChildren(box);
  }
}

/** The questions that an address names; null where it is an ordinary one. */
function shared() {
  const named = /^#asks=([a-z_.,]*)$/.exec(decodeURIComponent(location.hash));
  return named?.[1].split(",").filter(Boolean);
}

function read(s) {
  const ids = shared();
  if (!ids) return false;
  const known = new Set(s.boxes.map((b) => b.value));
  const strange = ids.filter((i) => !known.has(i));
  tick(s, strange.length ? [] : ids);
  update(s).then(() => strange.length && say(s, `“${strange[0]}” is no question of this book; nothing was ticked.`));
  return true;
}

const acts = {
  async copy(s) {
    const a = await ask({ do: "audit", asked: asked(s), text: true });
    await give(s, a.text, "Copied as text.");
  },
  async share(s) {
    history.replaceState(null, "", `#asks=${asked(s).join(",")}`);
    await give(s, location.href, "The link is copied; the ticks stand in it, and in nothing that is sent.");
  },
  print: () => window.print(),
};

function hydrate(el) {
  const s = begin(el);
  el.classList.add("au-live");
  const header = document.querySelector(".bd-header-article"); // what the theme keeps at the top of the window
  el.style.setProperty("--au-top", `${header?.offsetHeight ?? 0}px`);
  s.form.addEventListener("submit", (event) => event.preventDefault());
  s.form.addEventListener("change", () => {
    s.touched = true;
    s.said.textContent = "";
    update(s);
  });
  el.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.dataset.do) acts[button.dataset.do](s);
    if ("preset" in button.dataset) tick(s, button.dataset.preset.split(" "));
    if (button.dataset.tick) tick(s, [...asked(s), button.dataset.tick]);
    if (!button.dataset.do) update(s);
  });
  window.addEventListener("hashchange", () => read(s));
  if (!read(s)) {
    tick(s, []); // a reader's own answer begins empty; the printed example is one press away
    const { innerHTML, dataset } = el.querySelector("template");
    draw(s, { details: [["result", innerHTML]], count: dataset.count });
  }
  for (const intent of ["pointerenter", "focusin", "touchstart"]) // the engine comes when a reader wants it
    el.addEventListener(intent, () => ready().catch(() => {}), { once: true, passive: true });
}

for (const el of document.querySelectorAll(".audit")) hydrate(el);
