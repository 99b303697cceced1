// The decision panel's front end. It draws nothing clinical itself:
// every word of an answer is written by live/render.py, in a kernel or in the page's MicroPython.

const quiet = 120; // ms of rest before the slower parts are asked for

/** Bring a prerendered panel to life. ask(request) answers with a promise; opts.fragment: read and share the address. */
export function hydrate(el, ask, opts = {}) {
  const $ = (s) => el.querySelector(s);
  const form = $(".dp-form"), status = $(".dp-status"), details = $(".dp-details"), article = $(".dp-article");
  const message = $(".dp-message"), progress = $(".dp-progress"), said = $(".dp-done-note");
  const root = el.dataset.linked === "yes" ? el.dataset.root : null;
  const only = el.dataset.only ? el.dataset.only.split(" ") : [];
  const start = JSON.parse(el.dataset.case || "{}");
  const fields = [...form.querySelectorAll(".dp-q")];
  const wanted = fields.map((f) => f.dataset.q);
  const past = $(".dp-past > div"), now = $(".dp-now");
  let last = null, was = false;
  let given = { ...start }, asked = new Set(Object.keys(start)), all = false, turn = 0, later = 0, text = "";

  const beside = () => $('[data-do="article"]').checked;

  function tell(words) {
    message.textContent = words;
    message.hidden = !words;
  }

  function undecided(words) {
    status.textContent = words;
    status.dataset.level = "";
    status.dataset.urgent = "false";
    details.innerHTML = article.innerHTML = "";
  }

  function draw(box, html) { // keep what the reader folded open or shut
    const was = new Map([...box.querySelectorAll("details[data-key]")].map((d) => [d.dataset.key, d.open]));
    box.innerHTML = html;
    for (const d of box.querySelectorAll("details[data-key]")) if (was.has(d.dataset.key)) d.open = was.get(d.dataset.key);
  }

  // Where each question stands: answered ones move into the folded list, except the one that has focus,
  // so that nothing shifts under a finger and focus is never lost.
  function show(open) {
    const next = open.filter((q) => !asked.has(q));
    const first = next.find((q) => !only.length || only.includes(q)) ?? next[0];
    const folded = (f) => !all && asked.has(f.dataset.q) && !only.includes(f.dataset.q) && f !== last;
    for (const f of fields) {
      f.classList.toggle("dp-shown", all || asked.has(f.dataset.q) || f.dataset.q === first || only.includes(f.dataset.q));
      const box = folded(f) ? past : now;
      if (f.contains(document.activeElement)) continue;
      if (f.parentNode !== box || f.dataset.q === first || was !== all) box.append(f);
    }
    was = all;
    past.parentNode.hidden = !past.children.length;
    past.parentNode.querySelector("summary").textContent = `Answered (${past.children.length})`;
    const n = next.length;
    progress.textContent = n ? `${n} ${n === 1 ? "question" : "questions"} can still change the answer.`
      : "No open question can change the answer.";
  }

  function mark() {
    for (const f of fields)
      for (const r of f.querySelectorAll("input")) r.checked = r.value === (given[f.dataset.q] ?? "unknown");
  }

  async function update() {
    const mine = ++turn;
    status.setAttribute("aria-busy", "true");
    const wait = setTimeout(() => { if (mine === turn) tell("Loading the decision engine…"); }, 400);
    try {
      const a = await ask({ do: "answer", case: given, root, article: beside() });
      if (mine !== turn) return;
      if (a.fault) { undecided(""); tell(a.fault); return; }
      tell("");
      status.dataset.level = a.level;
      status.dataset.urgent = String(a.urgent);
      status.innerHTML = a.status;
      draw(details, a.details);
      article.hidden = !a.article;
      if (a.article) draw(article, "<h3>The article's reading, for learning only</h3>" + a.article);
      $(".dp-facts span").innerHTML = a.facts;
      show(a.questions);
      clearTimeout(later);
      later = setTimeout(more, quiet, mine);
    } catch (error) {
      if (mine !== turn) return;
      undecided("");
      tell(`No decision: the engine could not be loaded (${error.message ?? error}). The tables on this site hold every rule and need no engine.`);
    } finally {
      clearTimeout(wait);
      if (mine === turn) status.removeAttribute("aria-busy");
    }
  }

  async function more(mine) {
    const m = await ask({ do: "more", case: given, root });
    if (mine !== turn) return null;
    text = m.text;
    if (!details.contains(document.activeElement)) draw(details, m.details);
    return m;
  }

  function fresh(c) {
    given = { ...c };
    last = null;
    asked = new Set(Object.keys(c));
    mark();
    return update();
  }

  form.addEventListener("submit", (e) => e.preventDefault());
  form.addEventListener("change", (e) => {
    const { name, value } = e.target;
    if (!wanted.includes(name)) return;
    asked.add(name);
    last = e.target.closest(".dp-q");
    if (value === "unknown") delete given[name]; else given[name] = value;
    update();
  });

  const act = {
    all(b) {
      all = !all;
      b.setAttribute("aria-pressed", String(all));
      update();
    },
    reset() {
      $('[data-do="vignette"]').value = "";
      if (opts.fragment && location.hash.includes("=")) history.replaceState(null, "", location.pathname + location.search);
      fresh(start);
      said.textContent = "Everything entered was cleared.";
    },
    async copy() {
      const words = (await ask({ do: "more", case: given, root })).text;
      try {
        await navigator.clipboard.writeText(words);
        said.textContent = "The decision was copied as text.";
      } catch {
        said.innerHTML = "<label>Copy this text <textarea rows='8' readonly></textarea></label>";
        said.querySelector("textarea").value = words;
      }
    },
    print() {
      const page = document.documentElement;
      el.classList.add("dp-printing");
      page.classList.add("dp-one-panel");
      window.addEventListener("afterprint", () => {
        el.classList.remove("dp-printing");
        page.classList.remove("dp-one-panel");
      }, { once: true });
      window.print();
    },
    async share() {
      const hash = "#" + new URLSearchParams(given);
      if (opts.fragment) history.replaceState(null, "", hash);
      const link = opts.fragment ? location.href : hash;
      try {
        await navigator.clipboard.writeText(link);
        said.textContent = "A link with what is entered was copied. Whoever has the link sees it.";
      } catch {
        said.textContent = `The link: ${link}. Whoever has it sees what is entered.`;
      }
    },
  };
  el.addEventListener("click", (e) => {
    const b = e.target.closest("button[data-do]");
    if (b) act[b.dataset.do](b);
  });
  el.addEventListener("change", async (e) => {
    if (e.target.dataset.do === "article") update();
    if (e.target.dataset.do === "vignette" && e.target.value) {
      try {
        fresh(await ask({ do: "vignette", name: e.target.value }));
      } catch {
        update();
      }
    }
  });

  function address() {
    const hash = decodeURIComponent(location.hash.slice(1));
    if (!hash.includes("=")) return; // an ordinary anchor
    fresh(Object.fromEntries(hash.split("&").map((p) => [p.split("=")[0], p.split("=").slice(1).join("=")])));
  }
  if (opts.fragment) {
    window.addEventListener("hashchange", address);
    address();
  }
  el.classList.add("dp-live");
  progress.textContent = "";
  return { fresh, current: () => ({ ...given }) };
}

/** anywidget: the kernel answers. */
function render({ model, el }) {
  el.innerHTML = model.get("html");
  const waiting = new Map();
  let n = 0;
  model.on("msg:custom", (m) => {
    waiting.get(m.id)?.(JSON.parse(m.text));
    waiting.delete(m.id);
  });
  const ask = (q) => new Promise((done) => {
    waiting.set(++n, done);
    model.send({ id: n, text: JSON.stringify(q) });
  });
  const panel = hydrate(el.querySelector(".decision-panel"), ask);
  model.on("change:case", () => {
    const c = model.get("case");
    if (JSON.stringify(Object.entries(c).sort()) !== JSON.stringify(Object.entries(panel.current()).sort())) panel.fresh(c);
  });
}

export default { render };
