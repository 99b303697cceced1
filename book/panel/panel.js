// The decision panel's front end. It draws nothing clinical itself:
// every word of an answer is written by book/panel/render.py, in a kernel or in the page's MicroPython.

const quiet = 120; // ms of rest before the slower parts are asked for
const pause = 400; // ms of silence before the reader is told to wait
const danger = "If someone is in danger now, call emergency services.";

/** An engine's reply: JSON, then the long parts of HTML as they are (see Engine.ask). */
export function reply(text) {
  const [head, ...parts] = text.split("\x1e"), a = JSON.parse(head);
  for (const part of parts) {
    const [name, key, html] = part.split("\x1f");
    (a[name] ??= []).push([key, html]);
  }
  return a;
}

/**
 * Bring a prerendered panel to life. ask(request) answers with a promise.
 * opts.fragment: read and share the page's address; opts.waiting: what to say while the first answer is on its way.
 */
export function hydrate(el, ask, opts = {}) {
  const $ = (s) => el.querySelector(s);
  const form = $(".dp-form"), past = $(".dp-past > div"), now = $(".dp-now"), progress = $(".dp-progress");
  const status = $(".dp-status"), details = $(".dp-details"), article = $(".dp-article"), message = $(".dp-message");
  const said = $(".dp-said"), vignettes = $('[data-do="vignette"]'), beside = $('[data-do="article"]');
  const root = el.dataset.linked === "yes" ? el.dataset.root : null;
  const only = el.dataset.only ? el.dataset.only.split(" ") : [];
  const start = JSON.parse(el.dataset.case || "{}");
  const fields = [...form.querySelectorAll(".dp-q")];
  const names = fields.map((f) => f.dataset.q);
  let given = { ...start }; // what the form shows: only what was answered, “not known” included
  let next = fields.filter((f) => f.matches(".dp-shown") && !(f.dataset.q in given)).map((f) => f.dataset.q);
  let last = null, all = false, drawnAll = false, turn = 0, later = 0, rest = null;

  function tell(words, ...more) {
    message.replaceChildren(words, ...more);
    message.hidden = !words;
  }

  function undecided(words, ...more) {
    turn++; // whatever is still on its way is too late
    status.removeAttribute("aria-busy");
    status.textContent = "No decision.";
    status.made = null;
    status.dataset.level = "";
    status.dataset.urgent = "false";
    progress.textContent = "";
    $(".dp-facts span").textContent = "nothing was decided.";
    draw(details, []);
    draw(article.lastElementChild, []);
    tell(words, ...more);
  }

  function refuse(words) { // an address that cannot be read is not half read
    given = {};
    next = names;
    last = null;
    mark();
    show();
    undecided(`${words} Nothing was decided. Check the link, or answer the questions.`);
  }

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
        if (d) d.replaceWith(made); else box.insertBefore(made, before ? before.nextSibling : box.firstChild);
        d = made;
      }
      before = d;
    }
    if (focused && !focused.isConnected)
      (box.querySelector(`[data-key="${focused.dataset.key}"] > summary`) ?? box.querySelector("summary"))?.focus();
  }

  // Where each question stands: answered ones move into the folded list, except the last one and the one with
  // focus, so that nothing shifts under a finger and focus is never lost.
  function show() {
    const first = next.find((q) => only.includes(q)) ?? next[0];
    for (const f of fields) {
      const q = f.dataset.q, busy = f.contains(document.activeElement), chosen = only.includes(q);
      f.classList.toggle("dp-shown", all || busy || chosen || q in given || q === first);
      if (busy) continue;
      const box = !all && q in given && !chosen && f !== last ? past : now;
      if (all !== drawnAll || (f.parentNode !== box && f !== last) || (q === first && !all && !chosen)) box.append(f);
    }
    drawnAll = all;
    past.parentNode.hidden = !past.children.length;
    past.parentNode.querySelector("summary").textContent = `Answered (${past.children.length})`;
  }

  function hold(change) { // what has focus stays where it is on the screen
    const at = form.contains(document.activeElement) ? document.activeElement : last; // not every browser focuses a click
    const top = at ? at.getBoundingClientRect().top : null;
    change();
    const moved = top === null ? 0 : at.getBoundingClientRect().top - top;
    if (moved) window.scrollBy({ top: moved, behavior: "instant" });
  }

  function mark() {
    for (const f of fields)
      for (const r of f.querySelectorAll("input")) r.checked = r.value === (given[r.name] ?? "unknown");
  }

  async function update() {
    const mine = ++turn;
    clearTimeout(later);
    rest = null;
    status.setAttribute("aria-busy", "true");
    const waiting = `${opts.waiting ?? "Loading the decision engine…"} What stands below is from before your answer.`;
    const wait = setTimeout(() => mine === turn && tell(waiting), pause);
    let a;
    try {
      a = await ask({ do: "answer", case: given, root, article: beside.checked });
    } catch (error) {
      if (mine === turn) failed(error);
      return;
    } finally {
      clearTimeout(wait);
    }
    if (mine !== turn) return;
    if (a.fault) return refuse(a.fault);
    hold(() => {
      status.removeAttribute("aria-busy");
      if (!message.hidden) tell("");
      if (status.dataset.level !== a.level) status.dataset.level = a.level;
      if (status.dataset.urgent !== String(a.urgent)) status.dataset.urgent = String(a.urgent);
      if (status.made !== a.status) status.innerHTML = status.made = a.status;
      next = a.next;
      progress.textContent = a.progress;
      show();
      draw(details, a.details);
      article.hidden = !a.article;
      el.classList.toggle("dp-beside", Boolean(a.article));
      if (a.article) draw(article.lastElementChild, a.article);
      $(".dp-facts span").innerHTML = a.facts;
    });
    later = setTimeout(() => more().catch(() => {}), quiet);
  }

  function failed(error) {
    const words = `No decision: the engine could not be loaded (${error.message ?? error}). ${danger} `
      + "Answer again to try once more. Every rule stands in ";
    const link = document.createElement(root === null ? "span" : "a");
    link.textContent = "the tables";
    if (root !== null) link.href = `${root}chapters/tables.html`;
    undecided(words, link, ", which need no engine.");
  }

  async function more() { // what would change the answer, and the answer as text
    const mine = turn;
    const m = rest ?? await ask({ do: "more", case: given });
    if (mine !== turn) return m;
    rest = m;
    const parts = [...details.children].map((d) => [d.dataset.key, d.dataset.key === "change" ? m.change : d.made]);
    if (status.dataset.level) draw(details, parts);
    return m;
  }

  function fresh(c) {
    given = { ...c };
    last = null;
    mark();
    return update();
  }

  function take(radio) {
    given[radio.name] = radio.value;
    last = radio.closest(".dp-q");
    vignettes.value = ""; // the person is no longer the one on paper
    update();
  }

  form.addEventListener("submit", (e) => e.preventDefault());
  form.addEventListener("change", ({ target }) => {
    if (names.includes(target.name)) take(target);
  });
  // What is marked already fires no change: “not known”, marked from the start, and a second try after a failure.
  const again = ({ target, key = " " }) => {
    if (key !== " " || !names.includes(target.name) || target.value !== (given[target.name] ?? "unknown")) return;
    if (!(target.name in given) || !status.dataset.level) take(target);
  };
  form.addEventListener("click", again);
  form.addEventListener("keydown", again); // browsers make no click of a space on a marked radio button

  async function copied(words, done, label) {
    try {
      await navigator.clipboard.writeText(words);
      said.textContent = done;
    } catch {
      const box = document.createElement("textarea"), around = document.createElement("label");
      box.value = words;
      box.readOnly = true;
      box.rows = 8;
      around.append(label, box);
      said.replaceChildren(around);
    }
  }

  const act = {
    all(b) {
      all = !all;
      b.setAttribute("aria-pressed", String(all));
      show();
    },
    reset() {
      vignettes.value = "";
      if (opts.fragment && location.hash.includes("=")) history.replaceState(null, "", location.pathname + location.search);
      said.textContent = Object.keys(start).length ? "Back to the case that this panel opens with."
        : "Everything entered was cleared.";
      return fresh(start);
    },
    async copy() {
      if (!status.dataset.level) return void (said.textContent = "There is no decision to copy.");
      await copied((await more()).text, "The decision was copied as text.", "Copy this text");
    },
    async share() {
      const hash = "#" + new URLSearchParams(given); // the address itself stays: what is entered goes into no history
      const base = opts.fragment || root === null ? "" : `${root}chapters/panel.html`; // one panel a page reads it
      await copied(new URL(base, location.href).href.split("#")[0] + hash, "A link was copied. Whoever has it sees what is entered.",
        "Whoever has this link sees what is entered");
    },
    async print() {
      await more();
      sheet();
      window.print();
    },
  };

  el.addEventListener("click", (e) => {
    const b = e.target.closest("button[data-do]");
    if (b) Promise.resolve(act[b.dataset.do](b)).catch(failed);
  });
  beside.addEventListener("change", update);
  vignettes.addEventListener("change", async () => {
    const name = vignettes.value, mine = turn;
    if (!name) return;
    try {
      const v = await ask({ do: "vignette", name });
      if (mine !== turn || vignettes.value !== name) return; // answered, reset or chosen otherwise meanwhile
      said.textContent = `${v.id}: ${v.narrative}`;
      fresh(v.case);
    } catch (error) {
      failed(error);
    }
  });

  // A copy of the answer on one sheet, beside everything else, which is not printed. Smaller if it must be.
  function sheet() {
    const page = document.documentElement, out = document.createElement("div"), head = document.createElement("p");
    out.className = "dp-sheet decision-panel";
    out.inert = true;
    head.textContent = `${document.title}, ${new Date().toISOString().slice(0, 10)}`;
    out.append(head, ...[$(".dp-notice"), status, $(".dp-facts"), $(".dp-answers")].map((x) => x.cloneNode(true)));
    for (const x of out.querySelectorAll("[role]")) x.removeAttribute("role");
    for (const x of out.querySelectorAll('.dp-rests, [data-key="against"], [data-key="clear"], .dp-article'
      + ' [data-key]:not([data-key="level"], [data-key="reasons"])')) x.remove();
    for (const x of out.querySelectorAll('[data-key="change"] li')) if (x.textContent.length > 400) x.remove();
    for (const x of out.querySelectorAll("details")) x.open = true;
    document.querySelector(".dp-sheet")?.remove();
    document.body.append(out);
    page.classList.add("dp-one-panel");
    let size = 10;
    const full = () => out.scrollHeight > 960;
    const shrink = (least) => {
      while (size > least && full()) out.style.fontSize = `${(size -= 0.25)}pt`;
    };
    shrink(8);
    for (const key of ["risk", "notes", "change"]) {
      const x = full() && out.querySelector(`[data-key="${key}"]`);
      if (!x) continue;
      head.append(`; left out to keep one page: ${x.firstElementChild.textContent}`);
      x.remove();
    }
    shrink(6);
    window.addEventListener("afterprint", () => {
      out.remove();
      page.classList.remove("dp-one-panel");
    }, { once: true });
  }

  // A panel that is not one chapter's has its page to itself: printing that page prints the sheet.
  if (opts.fragment && root !== null && !only.length)
    window.addEventListener("beforeprint", sheet);

  // The address may hold a case, #pregnant=yes&active_sud=no. An ordinary anchor is left alone.
  function address() {
    const hash = location.hash.slice(1), found = new Map();
    if (!hash.includes("=") || document.getElementById(hash)) return;
    for (const part of hash.split("&").filter(Boolean)) {
      let name, value;
      try {
        [name, value] = part.split(/=(.*)/s).map(decodeURIComponent);
      } catch {
        return refuse(`“${part}” in the address cannot be read.`);
      }
      if (found.has(name)) return refuse(`“${name}” stands twice in the address.`);
      found.set(name, value ?? "");
    }
    vignettes.value = "";
    el.scrollIntoView({ behavior: "instant" });
    fresh(Object.fromEntries(found));
  }
  const early = [...form.querySelectorAll("input:checked")].filter((r) => r.value !== (given[r.name] ?? "unknown"));
  if (early.length) { // answered before this script came
    for (const r of early) given[r.name] = r.value;
    update();
  }
  if (opts.fragment) {
    window.addEventListener("hashchange", address);
    address();
  }
  el.classList.add("dp-live");
  return { fresh, current: () => given };
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
    if (m.error) return fail?.(m.error);
    done?.(reply(m.text));
    if (!waiting.size) follow();
  });
  const ask = (q) => new Promise((done, fail) => {
    waiting.set(++n, [done, fail]);
    model.send({ id: n, text: JSON.stringify(q) });
  });
  const panel = hydrate(el.querySelector(".decision-panel"), ask, { waiting: "Waiting for the kernel…" });
  // What comes while an answer is under way is its own echo, or is overtaken by it.
  const follow = () => waiting.size || same(model.get("case"), panel.current()) || panel.fresh(model.get("case"));
  model.on("change:case", follow);
  follow();
}

export default { render };
