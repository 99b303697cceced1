// The decision panel's front end. It draws nothing clinical itself:
// every word of an answer is written by book/panel/render.py, in a kernel or in the page's MicroPython.
//
// One file, because a notebook loads it as text. In order: the state, telling, drawing, deciding, the tools,
// the print sheet, the address, and the wiring (`hydrate` for a page, `render` for a notebook).
// `p` is one panel: its elements and all that it remembers, made once by `state`.

const quiet = 120; // ms of rest before the slower parts are asked for
const pause = 400; // ms of silence before the reader is told to wait
const danger = "If someone is in danger now, call emergency services.";

/** An engine's reply: JSON, then the long parts of HTML as they are (see Engine.ask). */
export function reply(text) {
  const [head, ...parts] = text.split("\x1e");
  const a = JSON.parse(head);
  for (const part of parts) {
    const [name, key, html] = part.split("\x1f");
    a[name] ??= [];
    a[name].push([key, html]);
  }
  return a;
}

// ---- The state

/** A prerendered panel's elements, and what it remembers. */
function state(el, ask, opts) {
  const $ = (s) => el.querySelector(s);
  const form = $(".dp-form");
  const fields = [...form.querySelectorAll(".dp-q")];
  const start = JSON.parse(el.dataset.case || "{}");
  const shown = fields.filter((f) => f.matches(".dp-shown") && !(f.dataset.q in start));
  return {
    el,
    ask,
    opts,
    form,
    fields,
    start,
    past: $(".dp-past > div"),
    now: $(".dp-now"),
    progress: $(".dp-progress"),
    status: $(".dp-status"),
    details: $(".dp-details"),
    article: $(".dp-article"),
    message: $(".dp-message"),
    entered: $(".dp-facts span"),
    said: $(".dp-said"),
    vignettes: $('[data-do="vignette"]'),
    beside: $('[data-do="article"]'),
    root: el.dataset.linked === "yes" ? el.dataset.root : null,
    only: el.dataset.only ? el.dataset.only.split(" ") : [],
    names: fields.map((f) => f.dataset.q),
    given: { ...start }, // what the form shows: only what was answered, “not known” included
    next: shown.map((f) => f.dataset.q), // the questions still to ask, in order
    last: null, // the question that was answered last
    all: false, // whether all questions are shown, and whether they were when last drawn
    drawnAll: false,
    turn: 0, // counts what was asked: an answer of an earlier turn is too late
    later: 0, // the timer of the slower parts, and those parts
    rest: null,
  };
}

// ---- Telling

function tell(p, words, ...more) {
  p.message.replaceChildren(words, ...more);
  p.message.hidden = !words;
}

function undecided(p, words, ...more) {
  p.turn++; // whatever is still on its way is too late
  p.status.removeAttribute("aria-busy");
  p.status.textContent = "No decision.";
  p.status.made = null;
  p.status.dataset.level = "";
  p.status.dataset.urgent = "false";
  p.progress.textContent = "";
  p.entered.textContent = "nothing was decided.";
  draw(p.details, []);
  draw(p.article.lastElementChild, []);
  tell(p, words, ...more);
}

/** A case that cannot be read is not half read. */
function refuse(p, words) {
  p.given = {};
  p.next = p.names;
  p.last = null;
  mark(p);
  show(p);
  undecided(p, `${words} Nothing was decided. Check the link, or answer the questions.`);
}

function failed(p, error) {
  const words =
    `No decision: the engine could not be loaded (${error.message ?? error}). ${danger} ` +
    "Answer again to try once more. Every rule stands in ";
  const tables = p.el.querySelector(".dp-notice a")?.cloneNode(true) ?? "the tables";
  undecided(p, words, tables, ", which need no engine.");
}

// ---- Drawing

/** Only what differs is replaced: it is faster, and what the reader folded open, or stands on, stays. */
function draw(box, sections) {
  const focused = box.contains(document.activeElement) && document.activeElement.closest("[data-key]");
  const old = new Map([...box.children].map((d) => [d.dataset.key, d]));
  const keys = new Set(sections.map(([key]) => key));
  for (const [key, d] of old) if (!keys.has(key)) d.remove();
  let before = null;
  for (const [key, html] of sections) {
    let d = old.get(key);
    if (d?.made !== html) {
      const t = document.createElement("template");
      t.innerHTML = html;
      const made = t.content.firstElementChild;
      made.made = html;
      if (d) made.open = d.open;
      if (d) d.replaceWith(made);
      else box.insertBefore(made, before ? before.nextSibling : box.firstChild);
      d = made;
    }
    before = d;
  }
  if (focused && !focused.isConnected)
    (box.querySelector(`[data-key="${focused.dataset.key}"] > summary`) ?? box.querySelector("summary"))?.focus();
}

/**
 * Where each question stands: answered ones move into the folded list, except the last one and the one with
 * focus, so that nothing shifts under a finger and focus is never lost.
 */
function show(p) {
  const { all, only, given, past, now } = p;
  const first = p.next.find((q) => only.includes(q)) ?? p.next[0];
  for (const f of p.fields) {
    const q = f.dataset.q;
    const busy = f.contains(document.activeElement);
    const chosen = only.includes(q);
    f.classList.toggle("dp-shown", all || busy || chosen || q in given || q === first);
    if (busy) continue;
    const box = !all && q in given && !chosen && f !== p.last ? past : now;
    const moves = f.parentNode !== box && f !== p.last;
    if (all !== p.drawnAll || moves || (q === first && !all && !chosen)) box.append(f);
  }
  p.drawnAll = all;
  past.parentNode.hidden = !past.children.length;
  past.parentNode.querySelector("summary").textContent = `Answered (${past.children.length})`;
}

/** What has focus stays where it is on the screen; not every browser focuses a click. */
function hold(p, change) {
  const at = p.form.contains(document.activeElement) ? document.activeElement : p.last;
  const top = at ? at.getBoundingClientRect().top : null;
  change();
  const moved = top === null ? 0 : at.getBoundingClientRect().top - top;
  if (moved) window.scrollBy({ top: moved, behavior: "instant" });
}

function mark(p) {
  for (const f of p.fields)
    for (const r of f.querySelectorAll("input")) r.checked = r.value === (p.given[r.name] ?? "unknown");
}

function drawAnswer(p, a) {
  const { status, article } = p;
  status.removeAttribute("aria-busy");
  if (!p.message.hidden) tell(p, "");
  if (status.dataset.level !== a.level) status.dataset.level = a.level;
  if (status.dataset.urgent !== String(a.urgent)) status.dataset.urgent = String(a.urgent);
  if (status.made !== a.status) {
    status.made = a.status;
    status.innerHTML = a.status;
  }
  p.next = a.next;
  p.progress.textContent = a.progress;
  show(p);
  draw(p.details, a.details);
  article.hidden = !a.article;
  p.el.classList.toggle("dp-beside", Boolean(a.article));
  if (a.article) draw(article.lastElementChild, a.article);
  p.entered.innerHTML = a.facts;
}

// ---- Deciding

async function update(p) {
  const mine = ++p.turn;
  clearTimeout(p.later);
  p.rest = null;
  p.status.setAttribute("aria-busy", "true");
  const waiting = `${p.opts.waiting ?? "Loading the decision engine…"} What stands below is from before your answer.`;
  const wait = setTimeout(() => mine === p.turn && tell(p, waiting), pause);
  let a;
  try {
    a = await p.ask({ do: "answer", case: p.given, root: p.root, article: p.beside.checked });
  } catch (error) {
    if (mine === p.turn) failed(p, error);
    return;
  } finally {
    clearTimeout(wait);
  }
  if (mine !== p.turn) return;
  if (a.fault) {
    refuse(p, a.fault);
    return;
  }
  hold(p, () => drawAnswer(p, a));
  p.later = setTimeout(() => more(p).catch(() => {}), quiet);
}

/** What would change the answer, and the answer as text. */
async function more(p) {
  const mine = p.turn;
  const m = p.rest ?? (await p.ask({ do: "more", case: p.given }));
  if (mine !== p.turn) return m;
  p.rest = m;
  const parts = [...p.details.children].map((d) => [d.dataset.key, d.dataset.key === "change" ? m.change : d.made]);
  if (p.status.dataset.level) draw(p.details, parts);
  return m;
}

/** The person is no longer the one on paper, and what was said was said of another case. */
function forget(p) {
  p.vignettes.value = "";
  p.said.replaceChildren();
}

function fresh(p, c) {
  p.given = { ...c };
  p.last = null;
  mark(p);
  return update(p);
}

function take(p, radio) {
  p.given[radio.name] = radio.value;
  p.last = radio.closest(".dp-q");
  forget(p);
  update(p);
}

/** What is marked already fires no change: “not known”, marked from the start, and a second try after a failure. */
function again(p, { target, key = " " }) {
  if (key !== " " || !p.names.includes(target.name) || target.value !== (p.given[target.name] ?? "unknown")) return;
  if (!(target.name in p.given) || !p.status.dataset.level) take(p, target);
}

async function choose(p) {
  const name = p.vignettes.value;
  const mine = p.turn;
  if (!name) return;
  try {
    const v = await p.ask({ do: "vignette", name });
    if (mine !== p.turn || p.vignettes.value !== name) return; // answered, reset or chosen otherwise meanwhile
    p.said.textContent = `${v.id}: ${v.narrative}`;
    fresh(p, v.case);
  } catch (error) {
    failed(p, error);
  }
}

// ---- The tools, by the button's data-do

async function copied(p, words, done, label) {
  try {
    await navigator.clipboard.writeText(words);
    p.said.textContent = done;
  } catch {
    const box = document.createElement("textarea");
    const around = document.createElement("label");
    box.value = words;
    box.readOnly = true;
    box.rows = 8;
    around.append(label, box);
    p.said.replaceChildren(around);
  }
}

const tools = {
  all(p, button) {
    p.all = !p.all;
    button.setAttribute("aria-pressed", String(p.all));
    show(p);
  },
  reset(p) {
    forget(p);
    const address = location.pathname + location.search;
    if (p.opts.fragment && location.hash.includes("=")) history.replaceState(null, "", address);
    p.said.textContent = Object.keys(p.start).length
      ? "Back to the case that this panel opens with."
      : "Everything entered was cleared.";
    return fresh(p, p.start);
  },
  async copy(p) {
    if (p.status.dataset.level) {
      await copied(p, (await more(p)).text, "The decision was copied as text.", "Copy this text");
    } else p.said.textContent = "There is no decision to copy.";
  },
  async share(p) {
    const hash = `#${new URLSearchParams(p.given)}`; // the address itself stays: what is entered goes into no history
    const base = p.opts.fragment || p.root === null ? "" : `${p.root}chapters/panel.html`; // one panel a page reads it
    const link = new URL(base, location.href).href.split("#")[0] + hash;
    const done = "A link was copied. Whoever has it sees what is entered.";
    await copied(p, link, done, "Whoever has this link sees what is entered");
  },
  async print(p) {
    await more(p);
    sheet(p);
    window.print();
  },
};

// ---- The print sheet

const unprinted =
  '.dp-rests, [data-key="against"], [data-key="clear"], ' +
  '.dp-article [data-key]:not([data-key="level"], [data-key="reasons"])';

/** A copy of the answer on one sheet, beside everything else, which is not printed. Smaller if it must be. */
function sheet(p) {
  const page = document.documentElement;
  const out = document.createElement("div");
  const head = document.createElement("p");
  out.className = "dp-sheet decision-panel";
  out.inert = true;
  head.textContent = `${document.title}, ${new Date().toISOString().slice(0, 10)}`;
  const kept = [".dp-notice", ".dp-status", ".dp-facts", ".dp-answers"].map((s) => p.el.querySelector(s));
  out.append(head, ...kept.map((x) => x.cloneNode(true)));
  for (const x of out.querySelectorAll("[role]")) x.removeAttribute("role");
  for (const x of out.querySelectorAll(unprinted)) x.remove();
  for (const x of out.querySelectorAll('[data-key="change"] li')) if (x.textContent.length > 400) x.remove();
  for (const x of out.querySelectorAll("details")) x.open = true;
  document.querySelector(".dp-sheet")?.remove();
  document.body.append(out);
  page.classList.add("dp-one-panel");
  fit(out, head);
  const gone = () => {
    out.remove();
    page.classList.remove("dp-one-panel");
  };
  window.addEventListener("afterprint", gone, { once: true });
}

/** Smaller letters first, then without the lists that can be missed, which the head says; then smaller again. */
function fit(out, head) {
  let size = 10;
  const full = () => out.scrollHeight > 960;
  const shrink = (least) => {
    while (size > least && full()) {
      size -= 0.25;
      out.style.fontSize = `${size}pt`;
    }
  };
  shrink(8);
  for (const key of ["risk", "notes", "change"]) {
    const x = full() && out.querySelector(`[data-key="${key}"]`);
    if (!x) continue;
    head.append(`; left out to keep one page: ${x.firstElementChild.textContent}`);
    x.remove();
  }
  shrink(6);
}

// ---- The address

/** The address may hold a case, #pregnant=yes&active_sud=no. An ordinary anchor is left alone. */
function address(p) {
  const hash = location.hash.slice(1);
  const found = new Map();
  if (!hash.includes("=") || document.getElementById(hash)) return;
  for (const part of hash.split("&").filter(Boolean)) {
    let name, value;
    try {
      [name, value] = part.split(/=(.*)/s).map(decodeURIComponent);
    } catch {
      refuse(p, `“${part}” in the address cannot be read.`);
      return;
    }
    if (found.has(name)) {
      refuse(p, `“${name}” stands twice in the address.`);
      return;
    }
    found.set(name, value ?? "");
  }
  forget(p);
  p.el.scrollIntoView({ behavior: "instant" });
  fresh(p, Object.fromEntries(found));
}

// ---- The wiring

/**
 * Bring a prerendered panel to life. ask(request) answers with a promise.
 * opts.fragment: read and share the page's address; opts.waiting: what to say while the first answer is on its way.
 */
export function hydrate(el, ask, opts = {}) {
  const p = state(el, ask, opts);
  p.form.addEventListener("submit", (e) => e.preventDefault());
  p.form.addEventListener("change", ({ target }) => {
    if (p.names.includes(target.name)) take(p, target);
  });
  p.form.addEventListener("click", (e) => again(p, e));
  p.form.addEventListener("keydown", (e) => again(p, e)); // browsers make no click of a space on a marked radio button
  el.addEventListener("click", (e) => {
    const b = e.target.closest("button[data-do]");
    if (b) Promise.resolve(tools[b.dataset.do](p, b)).catch((error) => failed(p, error));
  });
  p.beside.addEventListener("change", () => update(p));
  p.vignettes.addEventListener("change", () => choose(p));
  // A panel that is not one chapter's has its page to itself: printing that page prints the sheet.
  if (opts.fragment && p.root !== null && !p.only.length) window.addEventListener("beforeprint", () => sheet(p));
  const checked = [...p.form.querySelectorAll("input:checked")];
  const early = checked.filter((r) => r.value !== (p.given[r.name] ?? "unknown"));
  if (early.length) {
    for (const r of early) p.given[r.name] = r.value; // answered before this script came
    update(p);
  }
  if (opts.fragment) {
    window.addEventListener("hashchange", () => address(p));
    address(p);
  }
  el.classList.add("dp-live");
  return p;
}

const same = (a, b) => JSON.stringify(Object.entries(a).sort()) === JSON.stringify(Object.entries(b).sort());

/** anywidget: the kernel answers. */
function render({ model, el }) {
  el.innerHTML = model.get("html");
  el.querySelector('[data-do="share"]').remove(); // a notebook's address holds no case
  const waiting = new Map();
  let n = 0;
  model.on("msg:custom", (m) => {
    const [done, fail] = waiting.get(m.id) ?? [];
    waiting.delete(m.id);
    if (m.error) {
      fail?.(m.error);
      return;
    }
    done?.(reply(m.text));
    if (!waiting.size) follow();
  });
  const ask = (q) =>
    new Promise((done, fail) => {
      waiting.set(++n, [done, fail]);
      model.send({ id: n, text: JSON.stringify(q) });
    });
  const p = hydrate(el.querySelector(".decision-panel"), ask, { waiting: "Waiting for the kernel…" });
  // What comes while an answer is under way is its own echo, or is overtaken by it.
  const follow = () => {
    const set = model.get("case");
    if (waiting.size || same(set, p.given)) return;
    forget(p);
    fresh(p, set);
  };
  model.on("change:case", follow);
  follow();
}

export default { render };
