// The decision panel's front end. It draws nothing clinical itself:
// every word of an answer is written by book/panel/render.py, in a kernel or in the page's MicroPython.
// Functions take the state `s` of one panel, which `begin` makes; nothing else is remembered.

const quiet = 120; // ms of rest before the slower parts are asked for
const pause = 400; // ms of silence before the reader is told to wait
const danger = "If someone is in danger now, call emergency services.";
const steps = {
  cautions: "adds cautions only",
  idle: "nothing here can change the answer now",
};

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

// ---- the state of one panel

function card(el) {
  const $ = (q) => el.querySelector(q);
  return {
    el,
    box: $("details"),
    head: $("summary"),
    sum: $(".dp-sum"),
    title: $(".dp-title").lastChild.textContent.trim(),
    acts: $(".dp-bulk"),
    count: $(".dp-count"),
    undo: $(".dp-undo"),
    rows: [...el.querySelectorAll(".dp-q")],
    state: "open", // see Engine.cards
    user: null, // what the reader made of it: opened (true), closed (false) or neither
    entered: null, // the last act on the whole card: { names, value }
  };
}

function begin(el, ask, opts) {
  const $ = (q) => el.querySelector(q);
  const cards = [...el.querySelectorAll(".dp-card")].map(card);
  const rows = cards.flatMap((c) => c.rows);
  const start = JSON.parse(el.dataset.case || "{}");
  return {
    el,
    ask,
    opts,
    cards,
    start,
    form: $(".dp-form"),
    grid: $(".dp-grid"),
    answers: $(".dp-answers"),
    strip: $(".dp-strip"),
    status: $(".dp-status"),
    message: $(".dp-message"),
    ladders: [$(".dp-ladder-box"), $(".dp-whole")],
    details: $(".dp-details"),
    article: $(".dp-article"),
    facts: $(".dp-facts > div"),
    said: $(".dp-said"),
    people: $('[data-do="vignette"]'),
    beside: $('[data-do="article"]'),
    full: $(".dp-full"),
    undone: $(".dp-undo-all"),
    root: el.dataset.linked === "yes" ? el.dataset.root : null,
    only: el.dataset.only ? el.dataset.only.split(" ") : [],
    names: new Set(rows.map((f) => f.dataset.q)),
    values: new Set(rows.flatMap((f) => [...f.querySelectorAll("input")].map((r) => r.value))),
    given: { ...start }, // only what was answered, “not known” included
    touched: false, // whether the reader entered anything
    at: null, // the card that the reader is in
    anchor: null, // what must not move on the screen
    firm: null, // the card that was answered as a whole
    all: false,
    urgent: false,
    entered: null, // the last act on the whole form
    turn: 0,
    later: 0,
    rest: null,
  };
}

const cardOf = (s, node) => s.cards.find((c) => c.el.contains(node)) ?? null;
const shown = (s, row) => s.all || !row.classList.contains("dp-unasked");
const open = (s, c) => c.rows.filter((f) => shown(s, f) && !(f.dataset.q in s.given)).map((f) => f.dataset.q);
const set = (node, words) => {
  if (node && node.textContent !== words) node.textContent = words;
};
const plural = (n, one) => `${n} ${one}${n === 1 ? "" : "s"}`;

const seen = (node) => node.isConnected && (node.checkVisibility?.() ?? node.offsetParent !== null);

// ---- drawing

/** Whether an element scrolls what is too long for it. */
const scrolls = (x) => /auto|scroll/.test(getComputedStyle(x).overflowY) && x.scrollHeight > x.clientHeight + 1;

/** Scroll what the panel stands in: the page, or a notebook's own window in it. */
function scroll(s, by) {
  let x = s.el.parentElement;
  while (x && x !== document.body && !scrolls(x)) x = x.parentElement;
  (x && x !== document.body ? x : window).scrollBy({ top: by, behavior: "instant" });
}

/** Change the page while what the reader is at stays where it is on the screen. `change` gives the cards it folded. */
function hold(s, change) {
  const near = s.anchor && seen(s.anchor) ? s.anchor : document.activeElement;
  const at = s.el.contains(near) ? near : null;
  const top = at?.getBoundingClientRect().top;
  const folded = change() ?? [];
  if (!at || !seen(at)) return;
  const back = () => {
    const moved = at.getBoundingClientRect().top - top;
    if (Math.abs(moved) >= 1) scroll(s, moved);
    return Math.abs(moved) >= 1 && Math.abs(at.getBoundingClientRect().top - top) >= 1;
  };
  const above = folded.filter(
    (c) => c !== s.firm && c.el.compareDocumentPosition(at) & Node.DOCUMENT_POSITION_FOLLOWING,
  );
  if (back() && above.length) {
    // the page cannot scroll that far: what was folded above waits
    for (const c of above) c.box.open = true;
    back();
  }
}

/** Open the cards that can still matter or that the reader is in, fold the others; gives those it folded. */
function fold(s) {
  const folded = [];
  for (const c of s.cards) {
    const here = c === s.at || s.all || s.only.length > 0;
    if (!here && c.user && c.state !== "open") c.user = null;
    const wanted = s.all || (c.user ?? (here || (c.state === "open" && !s.urgent)));
    if (c.box.open && !wanted) folded.push(c);
    if (c.box.open === wanted) continue;
    const inside = !wanted && c.box.contains(document.activeElement) && document.activeElement !== c.head;
    c.box.open = wanted;
    if (inside) (c.undo.hidden ? c.head : c.undo.lastElementChild).focus({ preventScroll: true });
  }
  return folded;
}

/** Fold what the reader has left, after they have left it. */
function tidy(s, anchor) {
  s.anchor = anchor;
  hold(s, () => fold(s));
}

/** What each card says of itself, and which of its rows are asked. */
function showCards(s, told) {
  for (const [n, c] of s.cards.entries()) {
    const { state, line, asked } = told[n];
    c.state = state;
    const step = s.only.length ? "" : (steps[state] ?? "");
    set(c.sum, [line, step].filter(Boolean).join("; "));
    const dim = s.only.length ? "open" : s.urgent && state === "open" ? "waits" : state;
    if (c.el.dataset.state !== dim) c.el.dataset.state = dim;
    for (const f of c.rows) {
      const q = f.dataset.q;
      f.classList.toggle("dp-unasked", s.only.length ? !s.only.includes(q) : !asked.includes(q));
    }
    showActs(s, c);
  }
}

function showActs(s, c) {
  const left = open(s, c).length;
  c.el.classList.toggle("dp-empty", !c.rows.some((f) => shown(s, f)));
  c.acts.hidden = !left;
  set(c.count, left && left < c.rows.filter((f) => shown(s, f)).length ? ` (${left} open)` : "");
  c.undo.hidden = !c.entered;
  if (c.entered) set(c.undo.firstElementChild, entered(c.entered));
}

const words = { yes: "yes", no: "no", unknown: "not known" };
const entered = ({ names, value }) => `“${words[value]}” for ${plural(names.length, "row")}`;

// Only what differs is replaced: it is faster, and what the reader folded open, or stands on, stays.
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

/** Draw an answer. `told`: what an act on several rows entered, announced with it. */
function show(s, a, told) {
  s.status.removeAttribute("aria-busy");
  if (!s.message.hidden) tell(s, "");
  if (s.status.dataset.level !== a.level) s.status.dataset.level = a.level;
  if (s.status.dataset.urgent !== String(a.urgent)) s.status.dataset.urgent = String(a.urgent);
  s.urgent = a.urgent;
  const extra = document.createElement("p"); // one change of the region is one announcement
  extra.className = "dp-hidden";
  extra.textContent = told;
  s.status.innerHTML = told ? a.status + extra.outerHTML : a.status;
  for (const box of s.ladders) if (box.made !== a.ladder) box.innerHTML = box.made = a.ladder;
  showCards(s, a.cards);
  const folded = fold(s);
  const others = [...s.details.children].filter((d) => d.dataset.key !== "alternatives");
  draw(s.details, [...(a.details ?? []), ...others.map((d) => [d.dataset.key, d.made])]);
  s.details.setAttribute("aria-busy", "true"); // until the other lists are there
  carry(s);
  return folded;
}

/**
 * Where the strip stands above the cards it keeps the room it once needed, so that nothing below it moves.
 * The style sheet learns its height: what gets focus comes to rest below it.
 */
function measure(s) {
  let width = 0;
  let most = 0;
  s.roomy = () => {
    most = 0;
    s.strip.style.minHeight = "";
  };
  const look = () => {
    const top = s.opts.header?.offsetHeight ?? 0; // what the theme keeps at the top of the window
    if (top !== s.top) s.el.style.setProperty("--dp-top", `${top}px`);
    s.top = top;
    if (s.strip.offsetWidth !== width) s.roomy();
    width = s.strip.offsetWidth;
    const height = s.strip.offsetHeight;
    const above = s.strip.getBoundingClientRect().left === s.form.getBoundingClientRect().left;
    s.wide = !above;
    if (height === most || (above && height < most)) return;
    most = height;
    if (above) s.strip.style.minHeight = `${height}px`;
    if (above) s.el.style.setProperty("--dp-room", `${height}px`);
    for (const x of [s.grid, s.answers]) x.style.setProperty("--dp-strip", above ? "" : `${height}px`);
  };
  new ResizeObserver(look).observe(s.strip);
  look();
  // Past the panel's end its lists slide under the strip of their column: focus in them brings them out again.
  s.answers.addEventListener("focusin", () => {
    const over = s.strip.getBoundingClientRect().bottom - s.answers.getBoundingClientRect().top;
    if (s.wide && over > 1) scroll(s, -over);
  });
}

function tell(s, said, ...more) {
  s.message.replaceChildren(said, ...more);
  s.message.hidden = !said;
}

function mark(s) {
  for (const c of s.cards)
    for (const f of c.rows) for (const r of f.querySelectorAll("input")) r.checked = r.value === s.given[r.name];
}

// ---- asking

/** Decide what is entered and draw it; an answer that is overtaken is dropped. */
async function update(s, told = "") {
  const mine = ++s.turn;
  clearTimeout(s.later);
  s.rest = null;
  s.status.setAttribute("aria-busy", "true");
  const waiting = `${s.opts.waiting ?? "Loading the decision engine…"} What stands here is from before your answer.`;
  const wait = setTimeout(() => mine === s.turn && tell(s, waiting), pause);
  let a;
  try {
    await null; // of several answers in one go only the last is asked
    if (mine !== s.turn) return;
    a = await s.ask({ do: "answer", case: s.given, root: s.root });
  } catch (error) {
    if (mine === s.turn) failed(s, error);
    return;
  } finally {
    clearTimeout(wait);
  }
  if (mine !== s.turn) return;
  if (a.fault) return refuse(s, a.fault);
  hold(s, () => show(s, a, told));
  painted(() => mine === s.turn && lists(s).catch((error) => mine === s.turn && failed(s, error)));
}

/** Call `go` once the page has been painted, or soon where nothing is painted. */
function painted(go) {
  let gone = false;
  const once = () => {
    if (!gone) go();
    gone = true;
  };
  setTimeout(once, 60);
  requestAnimationFrame(() => setTimeout(once));
}

/** The other lists of the answer and the article's reading, once the decision is on screen; then the slower parts. */
async function lists(s) {
  const mine = s.turn;
  const a = await s.ask({ do: "lists", case: s.given, root: s.root, article: s.beside.checked });
  if (mine !== s.turn) return;
  hold(s, () => {
    draw(s.details, a.details);
    s.details.removeAttribute("aria-busy");
    s.article.hidden = !a.article;
    s.el.classList.toggle("dp-beside", Boolean(a.article));
    if (a.article) draw(s.article.lastElementChild, a.article);
  });
  s.listed = s.turn;
  s.later = setTimeout(() => more(s).catch(() => {}), quiet);
}

/** What would change the answer, the facts for the printed sheet, and the answer as text. */
async function more(s) {
  const mine = s.turn;
  if (s.listed !== mine) await lists(s);
  const m = s.rest ?? (await s.ask({ do: "more", case: s.given }));
  if (mine !== s.turn) return m;
  s.rest = m;
  if (s.status.dataset.level)
    draw(
      s.details,
      [...s.details.children].map((d) => [d.dataset.key, d.dataset.key === "change" ? m.change : d.made]),
    );
  if (s.facts.made !== m.facts) s.facts.innerHTML = s.facts.made = m.facts;
  return m;
}

function undecided(s, said, ...more) {
  s.turn++; // whatever is still on its way is too late
  clearTimeout(s.later);
  s.status.removeAttribute("aria-busy");
  s.status.textContent = "No decision.";
  s.status.dataset.level = "";
  s.status.dataset.urgent = "false";
  s.urgent = false;
  s.rest = null;
  s.details.removeAttribute("aria-busy");
  s.facts.innerHTML = s.facts.made = "<p>Nothing was decided.</p>";
  for (const box of s.ladders) box.innerHTML = box.made = "";
  draw(s.details, []);
  draw(s.article.lastElementChild, []);
  tell(s, said, ...more);
}

function refuse(s, said) {
  // an address that cannot be read is not half read
  clear(s, {});
  const asked = s.cards.map((c) => c.rows.filter((f) => !f.classList.contains("dp-unasked")).map((f) => f.dataset.q));
  showCards(
    s,
    asked.map((rows) => ({ state: rows.length ? "open" : "none", line: "", asked: rows })),
  );
  fold(s);
  carry(s);
  undecided(s, `${said} Nothing was decided. Check the link, or answer the questions.`);
}

function failed(s, error) {
  const link = document.createElement(s.root === null ? "span" : "a");
  link.textContent = "the tables";
  if (s.root !== null) link.href = `${s.root}chapters/tables.html`;
  const what = `No decision: the engine could not be loaded (${error.message ?? error}).`;
  undecided(
    s,
    `${what} ${danger} Answer again to try once more. Every rule stands in `,
    link,
    ", which need no engine.",
  );
}

// ---- acts

function clear(s, c) {
  s.given = { ...c };
  s.at = s.anchor = s.entered = null;
  s.undone.hidden = true;
  for (const x of s.cards) x.user = x.entered = null;
  mark(s);
}

function fresh(s, c) {
  clear(s, c);
  s.roomy();
  return update(s);
}

/** The person is no longer the one on paper: neither list nor line names anybody. */
function forget(s) {
  s.people.value = "";
  s.said.replaceChildren();
}

function take(s, radio) {
  s.firm = null;
  s.given[radio.name] = radio.value;
  s.touched = true;
  s.at = cardOf(s, radio);
  s.anchor = radio;
  s.at.entered = null;
  forget(s);
  return update(s);
}

const short = (s, name) => s.form.querySelector(`[data-q="${name}"] legend`).textContent;
const list = (s, { names, value }) => `${words[value]}: ${names.map((q) => short(s, q)).join(", ")}`;

/** Answer rows at once, exactly as choosing each answer would. */
function enter(s, names, value) {
  for (const q of names) s.given[q] = value;
  s.touched = true;
  s.people.value = "";
  mark(s);
  return { names, value };
}

function bulk(s, button) {
  const c = cardOf(s, button);
  const names = open(s, c);
  if (!names.length) return;
  c.entered = enter(s, names, button.dataset.value);
  c.user = null;
  s.at = null; // the reader is done with it
  s.anchor = s.cards.slice(s.cards.indexOf(c) + 1).find((x) => seen(x.el))?.el ?? c.el;
  s.acted = performance.now();
  s.firm = c; // it folds at once, whatever has to move
  return update(s, `Entered for ${c.title}, ${list(s, c.entered)}.`).then(() => {
    if (!seen(button) && !s.el.contains(document.activeElement)) c.undo.lastElementChild.focus({ preventScroll: true });
    document.activeElement.scrollIntoView({ block: "nearest", behavior: "instant" }); // never under the strip
    const gap = window.innerHeight - s.grid.getBoundingClientRect().bottom; // where little is left, all of it is seen
    if (gap > 0 && s.grid.getBoundingClientRect().top < 0) scroll(s, -gap);
  });
}

function rest(s, button) {
  const names = s.cards.flatMap((c) => open(s, c));
  s.anchor = button;
  if (!names.length) return void set(s.said, "Nothing is left open.");
  s.entered = enter(s, names, "unknown");
  s.undone.hidden = false;
  set(s.undone.firstElementChild, entered(s.entered));
  s.at = null;
  return update(s, `Entered for the rest, ${list(s, s.entered)}.`);
}

/** Take back the last act on a card, or on the whole form; what was answered otherwise since then stays. */
function undo(s, button) {
  const c = cardOf(s, button);
  const { names, value } = (c ?? s).entered;
  for (const q of names) if (s.given[q] === value) delete s.given[q];
  (c ?? s).entered = null;
  (c ? c.undo : s.undone).hidden = true;
  mark(s);
  const told = `Taken back, ${list(s, { names, value })}.`;
  if (!c) {
    s.anchor = s.el.querySelector('[data-do="rest"]');
    s.anchor.focus({ preventScroll: true });
    return update(s, told);
  }
  s.at = c;
  c.user = true;
  s.anchor = c.head;
  return update(s, told).then(() => c.head.focus({ preventScroll: true }));
}

function about(s, row) {
  const b = row.querySelector(".dp-i");
  b.setAttribute("aria-expanded", String(row.classList.toggle("dp-told")));
  s.at = cardOf(s, row);
}

async function copied(s, text, done, label) {
  try {
    await navigator.clipboard.writeText(text);
    s.said.textContent = done;
  } catch {
    const box = document.createElement("textarea");
    const around = document.createElement("label");
    box.value = text;
    box.readOnly = true;
    box.rows = 8;
    around.append(label, box);
    s.said.replaceChildren(around);
  }
}

const acts = {
  bulk,
  rest,
  undo,
  about: (s, b) => about(s, b.closest(".dp-q")),
  all(s, b) {
    s.all = !s.all;
    b.setAttribute("aria-pressed", String(s.all));
    s.el.classList.toggle("dp-all", s.all);
    s.anchor = b;
    hold(s, () => {
      for (const c of s.cards) showActs(s, c);
      fold(s);
    });
  },
  reset(s) {
    s.people.value = "";
    s.touched = false;
    if (s.opts.fragment && location.hash.includes("="))
      history.replaceState(null, "", location.pathname + location.search);
    s.said.textContent = Object.keys(s.start).length
      ? "Back to the case that this panel opens with."
      : "Everything entered was cleared.";
    return fresh(s, s.start);
  },
  async copy(s) {
    if (!s.status.dataset.level) return set(s.said, "There is no decision to copy.");
    await copied(s, (await more(s)).text, "The decision was copied as text.", "Copy this text");
  },
  async share(s) {
    const base = s.opts.fragment || s.root === null ? "" : `${s.root}chapters/panel.html`; // one panel a page reads it
    const url = new URL(base, location.href).href.split("#")[0] + hash(s); // what is entered goes into no history
    await copied(
      s,
      url,
      "A link was copied. Whoever has it sees what is entered.",
      "Whoever has this link sees what is entered",
    );
  },
  async notebook(s) {
    const text = `from book.panel import DecisionPanel\n\nDecisionPanel(case=${JSON.stringify(s.given)})\n`;
    await copied(
      s,
      text,
      "Two lines for a notebook of this book were copied.",
      "Copy this into a notebook of this book",
    );
  },
  async print(s) {
    if (s.status.dataset.level) await more(s);
    sheet(s);
    window.print();
  },
  blank(s) {
    blank(s);
    window.print();
  },
};

// ---- the case in an address

const hash = (s) => `#${new URLSearchParams(s.given)}`;

/** Links to the full panel take the case along: the panel's own always, others once the reader entered something. */
function carry(s) {
  if (s.root === null) return;
  const now = hash(s);
  if (s.full) s.full.hash = Object.keys(s.given).length ? now : "";
  if (!s.opts.fragment || !s.touched) return;
  s.links ??= [...document.links].filter((a) => !s.el.contains(a) && /\/panel\.html$/.test(a.pathname) && !a.hash);
  for (const a of s.links) if (a.pathname !== location.pathname) a.hash = now;
}

function readable(part) {
  try {
    decodeURIComponent(part);
    return true;
  } catch {
    return false;
  }
}

/** The parts of a fragment as [name, value], or null where it is an ordinary anchor. */
function parts(s, fragment) {
  if (!fragment.includes("=") || document.getElementById(fragment)) return null;
  const found = fragment
    .split("&")
    .filter(Boolean)
    .map((part) => {
      const pair = part.split(/=(.*)/s).slice(0, 2);
      return readable(part) ? pair.map(decodeURIComponent) : pair;
    });
  return found.some(([name, value]) => s.names.has(name) || s.values.has(value)) ? found : null;
}

/**
 * The address may hold a case, #pregnant=yes&active_sud=no. An ordinary anchor is left alone.
 * An entry of the history whose case was taken is marked: coming back to it over an anchor keeps what was entered.
 */
function address(s, loading) {
  const fragment = location.hash.slice(1);
  const found = parts(s, fragment);
  if (!found || (!loading && history.state?.taken && (s.decided || s.touched))) return;
  history.replaceState({ ...history.state, taken: true }, "");
  s.decided = true;
  const bad = fragment.split("&").find((part) => !readable(part));
  if (bad) return refuse(s, `“${bad}” in the address cannot be read.`);
  const twice = found.map(([name]) => name).find((name, n, all) => all.indexOf(name) < n);
  if (twice !== undefined) return refuse(s, `“${twice}” stands twice in the address.`);
  s.people.value = "";
  s.touched = true;
  s.el.scrollIntoView({ behavior: "instant" });
  forget(s);
  fresh(s, Object.fromEntries(found.map(([name, value]) => [name, value ?? ""])));
}

// ---- paper

const made = (tag, kind, text = "") => {
  const node = document.createElement(tag);
  node.className = kind;
  node.textContent = text;
  return node;
};

const today = () => new Date().toLocaleDateString("sv"); // the local date, written 2026-11-28

/** Put a sheet beside everything else, which is then not printed; it goes when printing ends. */
function paper(s, kind) {
  const page = document.documentElement;
  const out = made("div", `decision-panel dp-sheet ${kind}`);
  out.inert = true;
  document.querySelector(".dp-sheet")?.remove();
  const title = document.title.split(/ [—–|] /)[0];
  out.append(made("p", "dp-date", `${title}, ${today()}`), s.el.querySelector(".dp-notice").cloneNode(true));
  document.body.append(out);
  page.classList.add("dp-one-panel");
  const done = () => {
    out.remove();
    page.classList.remove("dp-one-panel");
  };
  window.addEventListener("afterprint", done, { once: true });
  return out;
}

/** The answer on one sheet: level, ladder, facts, because, alternatives, safeguards. Smaller if it must be. */
function sheet(s) {
  const out = paper(s, "dp-answer");
  const kept = ["reasons", "alternatives", "safeguards", "monitoring", "cautions", "other_care"];
  const list = made("div", "dp-details");
  for (const key of kept) {
    const d = s.details.querySelector(`:scope > [data-key="${key}"]`);
    if (d) list.append(d.cloneNode(true));
  }
  out.append(...[s.status, s.ladders[0], s.facts.parentNode].map((x) => x.cloneNode(true)), list);
  if (!s.article.hidden) {
    const beside = s.article.cloneNode(true);
    for (const x of beside.querySelectorAll('[data-key]:not([data-key="level"], [data-key="reasons"])')) x.remove();
    out.append(beside);
  }
  for (const x of out.querySelectorAll("[role], [hidden]")) x.removeAttribute("role");
  for (const x of out.querySelectorAll(".dp-rests, .dp-hidden")) x.remove();
  for (const x of out.querySelectorAll("details")) x.open = true;
  fit(out);
}

function fit(out) {
  const fits = () => {
    for (let size = 10; size >= 7.5; size -= 0.25) {
      out.style.fontSize = `${size}pt`;
      if (out.scrollHeight <= 1040) return true;
    }
    return false;
  };
  const left = [];
  for (const key of ["monitoring", "cautions", "other_care", "reasons"]) {
    if (fits()) break;
    const x = [...out.querySelectorAll(`[data-key="${key}"]`)].at(-1); // of the reasons, the article's
    if (!x || (key === "reasons" && !x.closest(".dp-article"))) continue;
    left.push(x.firstElementChild.textContent);
    x.remove();
  }
  if (left.length) out.firstElementChild.append(`; left out to keep one page: ${left.join(", ")}`);
  if (!fits()) out.style.fontSize = "6.5pt";
}

/** The questions in full with a box for each answer, to take to an appointment. */
function blank(s) {
  const out = paper(s, "dp-blank");
  out.append(made("p", "dp-lead", "Questions to take to an appointment. “Not known” is an answer."));
  for (const c of s.cards) {
    const part = made("section", "");
    part.append(made("h2", "", c.el.querySelector(".dp-title").textContent));
    for (const f of c.rows) {
      const row = made("p", "", `${f.querySelector(".dp-about strong").textContent} `);
      for (const label of f.querySelectorAll("label")) {
        const said = (label.querySelector(".dp-hidden") ?? label).textContent.trim();
        row.append(made("span", "dp-box", `☐ ${said} `));
      }
      part.append(row);
    }
    out.append(part);
  }
}

// ---- wiring

function wireForm(s) {
  s.form.addEventListener("submit", (e) => e.preventDefault());
  s.form.addEventListener("change", ({ target }) => s.names.has(target.name) && take(s, target));
  // What is marked already fires no change: a second try after a failure.
  const again = ({ target }) => {
    if (s.names.has(target.name) && target.value === s.given[target.name] && !s.status.dataset.level) take(s, target);
  };
  s.form.addEventListener("click", again);
  s.form.addEventListener("keydown", (e) => {
    const row = e.target.closest(".dp-q");
    if (e.key === " ") return again(e); // browsers make no click of a space on a marked radio button
    if (!row || e.ctrlKey || e.metaKey || e.altKey) return;
    if (e.key === "i") about(s, row);
    if (e.key === "n") cardOf(s, row).acts.querySelector("button:not([hidden])")?.click();
  });
  s.form.addEventListener("click", (e) => {
    // the second half of a double click is not meant for what moved there
    if (e.detail > 1 && performance.now() - (s.acted ?? -1000) < 500) e.preventDefault();
    const head = e.target.closest("summary");
    const c = head && s.cards.find((x) => x.head === head);
    if (!c || e.defaultPrevented) return;
    c.user = !c.box.open;
    s.at = c;
  });
}

/** A card is left when focus goes to another, or the pointer moves on after a click; never between down and up. */
function wireLeaving(s) {
  let down = false;
  let mouse = false;
  s.form.addEventListener("pointerdown", () => {
    down = true;
  });
  for (const end of ["pointerup", "pointercancel"])
    window.addEventListener(end, (e) => {
      down = false;
      mouse = e.pointerType === "mouse";
    });
  s.form.addEventListener("keydown", () => {
    mouse = false;
  });
  s.form.addEventListener("focusin", ({ target }) => {
    const found = cardOf(s, target);
    const c = found?.box.open && found.box.contains(target) ? found : null; // on a folded card's line one is in no card
    if (down || c === s.at) return;
    s.at = c;
    tidy(s, target);
  });
  s.form.addEventListener("pointermove", (e) => {
    if (!mouse || down || !(e.movementX || e.movementY)) return;
    const c = cardOf(s, e.target);
    if (!c || !s.at || c === s.at || s.at.state !== "done" || !s.at.box.open || s.at.user) return;
    s.at = null;
    tidy(s, c.el);
  });
}

function wireTools(s) {
  s.el.addEventListener("click", (e) => {
    const b = e.target.closest("button[data-do]");
    if (b) Promise.resolve(acts[b.dataset.do](s, b)).catch((error) => failed(s, error));
  });
  s.beside.checked = false; // a browser may bring back an older choice
  s.beside.addEventListener("change", () => {
    s.anchor = s.beside;
    update(s);
  });
  s.people.addEventListener("change", async () => {
    const name = s.people.value;
    const mine = s.turn;
    if (!name) return;
    try {
      const v = await s.ask({ do: "vignette", name });
      if (mine !== s.turn || s.people.value !== name) return; // answered, reset or chosen otherwise meanwhile
      s.said.textContent = `${v.id}: ${v.narrative}`;
      s.touched = true;
      fresh(s, v.case);
      s.anchor = s.people;
    } catch (error) {
      failed(s, error);
    }
  });
}

function early(s) {
  // answered before this script came
  const found = [...s.form.querySelectorAll("input:checked")].filter((r) => r.value !== s.given[r.name]);
  for (const r of found) s.given[r.name] = r.value;
  if (!found.length) return;
  s.touched = true;
  s.at = cardOf(s, found[0]);
  update(s);
}

/**
 * Bring a prerendered panel to life. ask(request) answers with a promise.
 * opts.fragment: read and share the page's address; opts.waiting: what to say while the first answer is on its way;
 * opts.header: what already stays at the top of the window.
 */
export function hydrate(el, ask, opts = {}) {
  const s = begin(el, ask, opts);
  el.classList.add("dp-live");
  el.classList.toggle("dp-small", s.only.length > 0);
  s.strip.append(s.message); // in sight wherever the reader is
  s.urgent = s.status.dataset.urgent === "true";
  for (const b of s.ladders) b.made = null;
  measure(s);
  showCards(s, JSON.parse(el.dataset.cards));
  fold(s);
  carry(s);
  wireForm(s);
  wireLeaving(s);
  wireTools(s);
  early(s);
  // A panel that is not one chapter's has its page to itself: printing that page prints the sheet.
  if (opts.fragment && !s.only.length)
    window.addEventListener("beforeprint", () => document.querySelector(".dp-sheet") || sheet(s));
  if (opts.fragment) {
    window.addEventListener("hashchange", () => address(s, false));
    address(s, true);
  }
  const outside = (c) => {
    forget(s);
    return fresh(s, c);
  };
  return { fresh: outside, current: () => s.given };
}

const same = (a, b) => JSON.stringify(Object.entries(a).sort()) === JSON.stringify(Object.entries(b).sort());

/** JupyterLab clips outputs that need no clipping; what is to stay in sight could not stick in them. */
function loosen(el) {
  for (let x = el; x && x !== document.body; x = x.parentElement) {
    if (scrolls(x)) return;
    if (getComputedStyle(x).overflowY !== "visible") x.style.overflow = "visible";
  }
}

/** anywidget: the kernel answers. */
function render({ model, el }) {
  el.innerHTML = model.get("html");
  // What has focus keeps its keys: else two i interrupt the kernel, an arrow leaves the cell and x cuts it.
  el.addEventListener("focusin", ({ target }) => target.setAttribute("data-lm-suppress-shortcuts", ""));
  el.querySelector('[data-do="share"]').remove(); // a notebook's address holds no case
  const waiting = new Map();
  let n = 0;
  model.on("msg:custom", (m) => {
    const [done, fail] = waiting.get(m.id) ?? [];
    waiting.delete(m.id);
    if (m.error) return fail?.(m.error);
    done?.(reply(m.text));
    if (!waiting.size) follow();
  });
  const ask = (q) =>
    new Promise((done, fail) => {
      waiting.set(++n, [done, fail]);
      model.send({ id: n, text: JSON.stringify(q) });
    });
  const panel = hydrate(el.querySelector(".decision-panel"), ask, { waiting: "Waiting for the kernel…" });
  // What comes while an answer is under way is its own echo, or is overtaken by it.
  const follow = () => waiting.size || same(model.get("case"), panel.current()) || panel.fresh(model.get("case"));
  model.on("change:case", follow);
  follow();
  setTimeout(() => loosen(el), 100); // once it has its place
}

export default { render };
