// The case studio: a story, what you commit to, and the reveal, which the book's own engine works out on this page.
// Progress stays in this browser; nothing is sent anywhere.
import { ask, ready } from "./wake.js";

const KEPT = "ketamine-case-studio-1";
const SURE = [
  [20, "a guess"],
  [40, "unsure"],
  [60, "fairly sure"],
  [80, "sure"],
  [95, "almost certain"],
];
const ASKED = 3;

/** An element with attributes and children; text is text and never markup. */
function el(name, given = {}, ...children) {
  const made = document.createElement(name);
  for (const [k, v] of Object.entries(given)) {
    if (k in made && typeof v !== "string") made[k] = v;
    else made.setAttribute(k, v);
  }
  made.append(...children);
  return made;
}

const read = () => {
  try {
    const found = JSON.parse(localStorage.getItem(KEPT));
    return Array.isArray(found) ? found : [];
  } catch {
    return [];
  }
};

function keep(s) {
  try {
    localStorage.setItem(KEPT, JSON.stringify(s.done));
  } catch {
    s.note.textContent = "This browser keeps nothing for this page: export the file before you leave.";
  }
}

/** A case by its place in the list: all its known answers, and the inputs that the story tells. */
function opened(data, n) {
  const [id, story, base, pairs, teaches] = data.cases[n];
  const changed = Object.fromEntries(pairs.split(" ").map((x) => x.split("=")));
  const known = Object.entries({ ...data.bases[base], ...changed }).filter(([, v]) => v !== "unknown");
  const answers = Object.fromEntries(known);
  const told = Object.keys(answers).filter((i) => i in changed || i === "ketamine_status" || i === "age_group");
  return { id, story, teaches, answers, told, path: answers.ketamine_status === "on" ? "on" : "start" };
}

function choices(name, legend, options) {
  const labels = options.map(([value, words]) =>
    el("label", {}, el("input", { type: "radio", name, value: String(value), required: true }), el("span", {}, words)),
  );
  return el("fieldset", { class: "pick" }, el("legend", {}, legend), ...labels);
}

function asking(data, c, n) {
  const groups = data.cards.map(([title, items]) => {
    const open = items.filter(([i]) => !c.told.includes(i));
    return el("optgroup", { label: title }, ...open.map(([i, words]) => el("option", { value: i }, words)));
  });
  const some = groups.filter((g) => g.children.length);
  return el(
    "label",
    {},
    `Question ${n} `,
    el("select", { name: `ask${n}` }, el("option", { value: "" }, "–"), ...some),
  );
}

function story(s) {
  const c = s.now;
  const facts = c.told.map((i) => {
    const [label, values] = s.data.said[i];
    return el("li", {}, `${label}: ${values[c.answers[i]].toLowerCase()}`);
  });
  const form = el(
    "form",
    { autocomplete: "off" },
    choices("level", "Which level do you expect?", s.data.levels[c.path]),
    el(
      "fieldset",
      {},
      el("legend", {}, `What would you ask first? Up to ${ASKED}`),
      ...Array.from({ length: ASKED }, (_, n) => asking(s.data, c, n + 1)),
    ),
    choices(
      "sure",
      "How sure are you of the level?",
      SURE.map(([p, words]) => [p, `${words} (${p} in 100)`]),
    ),
    el("button", { type: "submit" }, "Commit and reveal"),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    commit(s, new FormData(form));
  });
  const given = el("details", {}, el("summary", {}, "What the story tells, as answers"), el("ul", {}, ...facts));
  s.head = el("h2", { tabIndex: -1 }, `Case ${c.id} (fictional)`);
  s.story.replaceChildren(s.head, el("p", {}, c.story), given, form);
  s.reveal.replaceChildren();
  s.select.value = String(s.data.cases.findIndex(([id]) => id === c.id));
}

async function commit(s, form) {
  const c = s.now;
  const asked = [1, 2, 3].map((n) => form.get(`ask${n}`)).filter((x, n, all) => x && all.indexOf(x) === n);
  const q = { do: "reveal", case: c.answers, told: c.told, asked, level: form.get("level") };
  s.note.textContent = "Working it out…";
  let found;
  try {
    found = await ask(q);
  } catch (error) {
    s.note.textContent = `The engine could not start (${error.message}). Try again, or use the printed key.`;
    return;
  }
  if (c !== s.now) return;
  const result = { case: c.id, level: q.level, sure: Number(form.get("sure")), asked, right: found.right };
  s.done = [...s.done.filter((x) => x.case !== c.id), result];
  s.note.textContent = found.right ? "Right. The reveal is below." : "Not the level of this book. The reveal is below.";
  keep(s);
  show(s, found);
  draw(s);
}

function show(s, found) {
  const head = el("h2", { tabIndex: -1 }, found.right ? "Revealed: you had it" : "Revealed: another level");
  const parts = found.parts
    .filter(([, lines]) => lines.length)
    .flatMap(([title, lines]) => [el("h3", {}, title), el("ul", {}, ...lines.map((x) => el("li", {}, x)))]);
  const next = el("button", { type: "button" }, "Next case");
  next.addEventListener("click", () => go(s, following(s)));
  const teaches = [el("h3", {}, "What it is there to teach"), el("p", {}, s.now.teaches)];
  s.reveal.replaceChildren(head, ...parts, ...teaches, el("p", {}, s.data.notice), el("p", {}, next));
  head.focus();
}

/** The next case that was not done, after this one and then from the start. */
function following(s) {
  const done = new Set(s.done.map((x) => x.case));
  const here = s.data.cases.findIndex(([id]) => id === s.now?.id);
  const order = s.data.cases.map((_, n) => (here + 1 + n) % s.data.cases.length);
  return order.find((n) => !done.has(s.data.cases[n][0])) ?? order[0];
}

function go(s, n) {
  const first = !s.now;
  s.now = opened(s.data, n);
  s.note.textContent = "";
  story(s);
  if (!first) s.head.focus();
}

const NS = "http://www.w3.org/2000/svg";
function svg(name, given, ...children) {
  const made = document.createElementNS(NS, name);
  for (const [k, v] of Object.entries(given)) made.setAttribute(k, v);
  made.append(...children);
  return made;
}

/** What was said beside what was right: a line for each degree of sureness, with the number of cases. */
export function calibration(done) {
  return SURE.map(([p, words]) => {
    const mine = done.filter((x) => x.sure === p);
    return { p, words, n: mine.length, right: mine.filter((x) => x.right).length };
  }).filter((x) => x.n);
}

function draw(s) {
  const rows = calibration(s.done);
  const right = s.done.filter((x) => x.right).length;
  const mean = s.done.reduce((sum, x) => sum + x.sure, 0) / (s.done.length || 1);
  const told = s.done.length
    ? `${s.done.length} of ${s.data.cases.length} cases done, ${right} right. On average you were ${Math.round(mean)} in 100 sure, and right in ${Math.round((100 * right) / s.done.length)} of 100.`
    : "Nothing done yet.";
  const at = (p) => [30 + p * 2, 220 - p * 2];
  const dots = rows.map((x) => {
    const [cx] = at(x.p);
    const [, cy] = at((100 * x.right) / x.n);
    const mark = svg("circle", { cx, cy, r: 4 + 2 * Math.sqrt(x.n), class: "dot" });
    return svg("g", {}, mark, svg("text", { x: cx, y: cy - 12, "text-anchor": "middle" }, String(x.n)));
  });
  const picture = svg(
    "svg",
    { viewBox: "0 0 250 250", role: "img", "aria-label": `Calibration. ${told}`, class: "calibration" },
    svg("path", { d: "M30 20V220H230", class: "axis" }),
    svg("path", { d: "M30 220L230 20", class: "even" }),
    svg("text", { x: 130, y: 245, "text-anchor": "middle" }, "how sure you were →"),
    svg("text", { x: 34, y: 16 }, "how often right ↑"),
    ...dots,
  );
  const body = rows.map((x) =>
    el("tr", {}, el("th", { scope: "row" }, x.words), el("td", {}, `${x.p}`), el("td", {}, `${x.right} of ${x.n}`)),
  );
  const head = el("tr", {}, ...["How sure", "In 100", "Right"].map((x) => el("th", { scope: "col" }, x)));
  const table = el("table", {}, el("thead", {}, head), el("tbody", {}, ...body));
  s.chart.replaceChildren(el("p", {}, told), ...(rows.length ? [picture, table] : []));
  s.save.disabled = s.wipe.disabled = !s.done.length;
}

/** The results as a file, with nothing in it but what was answered here. */
function exported(s) {
  const text = JSON.stringify({ format: "ketamine-case-studio", version: 1, results: s.done }, null, 1);
  const href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  el("a", { href, download: "case-studio-results.json" }).click();
  setTimeout(() => URL.revokeObjectURL(href), 1000);
}

function build(s, root) {
  const options = s.data.cases.map(([id, words], n) =>
    el("option", { value: String(n) }, `${id}: ${words.slice(0, 60)}…`),
  );
  s.select = el("select", {}, ...options);
  s.select.addEventListener("change", () => go(s, Number(s.select.value)));
  s.note = el("p", { role: "status", "aria-live": "polite" });
  s.story = el("section", { "aria-label": "The story" });
  s.reveal = el("section", { "aria-label": "The reveal" });
  s.chart = el("div", {});
  s.save = el("button", { type: "button" }, "Export my results as a file");
  s.wipe = el("button", { type: "button" }, "Wipe my results");
  s.save.addEventListener("click", () => exported(s));
  s.wipe.addEventListener("click", () => {
    s.done = [];
    keep(s);
    draw(s);
    s.note.textContent = "Your results are wiped.";
  });
  const mine = el("section", { "aria-label": "Your calibration" }, el("h2", {}, "Your calibration"), s.chart);
  mine.append(el("p", {}, s.save, " ", s.wipe));
  root.replaceChildren(el("p", {}, el("label", {}, "Case ", s.select)), s.story, s.note, s.reveal, mine);
}

const root = document.querySelector(".studio");
if (root) {
  const s = { done: read() };
  const data = await fetch(new URL("studio.json", import.meta.url)).then((r) => r.json());
  s.data = data;
  build(s, root);
  for (const intent of ["pointerenter", "focusin", "touchstart"])
    root.addEventListener(intent, () => ready().catch(() => {}), { once: true, passive: true });
  go(s, following(s));
  draw(s);
  root.classList.add("studio-live");
}
