// The search page: loads the index only when someone searches, and shows where an answer is and what our check found.
(() => {
  const form = document.querySelector("#search-form");
  const list = document.querySelector("#search-results");
  const said = document.querySelector("#search-said");
  const STOP = new Set(
    "a an and are can does do for how i in is it me my not of on or the to what when with".split(" "),
  );
  const FIRST = 12;
  let engine;

  async function load() {
    const folder = new URL(`${form.dataset.index}/`, document.baseURI);
    engine ??= await import(new URL("pagefind.js", folder));
    await engine.options({ baseUrl: "/", excerptLength: 24 });
    return engine;
  }

  // All words first; where no place has them all, the places that have most of them.
  async function find(text) {
    const all = (await engine.search(text)).results;
    const words = text
      .toLowerCase()
      .split(/\W+/)
      .filter((word) => word && !STOP.has(word));
    if (all.length || words.length < 2) return all;
    const scores = new Map();
    for (const word of words) {
      for (const result of (await engine.search(word)).results) {
        const sofar = scores.get(result.id) ?? { result, score: 0 };
        scores.set(result.id, { result, score: sofar.score + 1 + Math.min(result.score, 99) / 100 });
      }
    }
    return [...scores.values()].sort((a, b) => b.score - a.score).map(({ result }) => result);
  }

  // Words added for searching stand behind a mark and are not shown: where they were met, a section's opening is.
  function opening({ meta, excerpt, content }) {
    const plain = excerpt.replace(/<[^>]*>/g, "").replace(/[\s.]+$/, "");
    if (!plain.includes("‖") && !meta.also?.includes(plain.trim())) return "";
    const [own] = content.split("‖");
    const rest = own.startsWith(meta.title) ? own.slice(meta.title.length).replace(/^[\s.]+/, "") : own;
    return `${rest.split(" ").slice(0, 24).join(" ")} …`;
  }

  function item({ url, meta, excerpt, content }) {
    const li = document.createElement("li");
    const link = document.createElement("a");
    link.href = url.replace(/^\//, "");
    link.textContent = meta.title;
    const where = document.createElement("p");
    where.className = "search-where";
    where.textContent = [
      meta.verdict ? `Claim of the article. Our check: ${meta.verdict}` : "",
      meta.page === meta.title ? "" : meta.page,
    ]
      .filter(Boolean)
      .join(" · ");
    const text = document.createElement("p");
    const first = opening({ meta, excerpt, content });
    if (first) text.textContent = first;
    else text.innerHTML = excerpt; // escaped by Pagefind but for the marks
    li.append(link, where, text);
    return li;
  }

  async function show(text) {
    list.replaceChildren();
    if (!text.trim()) return;
    said.textContent = "Searching…";
    try {
      await load();
      const found = await find(text);
      const parts = await Promise.all(found.slice(0, FIRST).map((result) => result.data()));
      list.replaceChildren(...parts.map(item));
      const more = found.length > FIRST ? `, the first ${FIRST} shown` : "";
      said.textContent = found.length
        ? `${found.length} places for “${text}”${more}.`
        : `Nothing found for “${text}”. Try one word, or look in the contents of the book.`;
    } catch {
      said.textContent =
        window.origin === "null" // from a folder, or in a closed frame
          ? "The search cannot run here: it needs a server, and a page outside a closed frame. Please use the contents of the book."
          : "The search could not be loaded. Please load this page again, or use the contents of the book.";
    }
    list.dataset.searched = text;
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    history.replaceState(null, "", `?q=${encodeURIComponent(form.elements.q.value)}`);
    show(form.elements.q.value);
  });
  form.elements.q.value = new URLSearchParams(location.search).get("q") ?? "";
  show(form.elements.q.value);
})();
