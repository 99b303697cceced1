// What changed: marks the editions that came after the one last seen here, where the reader asked for it.
(() => {
  const [box, said] = document.querySelectorAll(".seen input, .seen [role=status]");
  const heads = [...document.querySelectorAll("article section > h2")].filter((h) => /\d+\.\d+/.test(h.textContent));
  const edition = (h) => /\d+(\.\d+)+/.exec(h.textContent)[0];

  function kept() {
    try {
      return localStorage.getItem("seen");
    } catch {
      return null;
    }
  }

  function keep() {
    try {
      if (box.checked) localStorage.setItem("seen", edition(heads[0]));
      else localStorage.removeItem("seen");
      said.textContent = box.checked ? `Edition ${edition(heads[0])} is remembered.` : "Nothing is remembered.";
    } catch {
      box.checked = false;
      said.textContent = "This browser does not allow it.";
    }
  }

  const seen = kept();
  box.checked = Boolean(seen);
  box.addEventListener("change", keep);
  if (!seen) return;
  keep();
  const at = heads.findIndex((h) => edition(h) === seen);
  const fresh = at < 0 ? heads : heads.slice(0, at);
  for (const h of fresh) {
    const mark = document.createElement("strong");
    mark.textContent = "New: ";
    h.prepend(mark);
  }
  said.textContent = fresh.length
    ? `Since you were here: ${fresh.map((h) => `edition ${edition(h)}`).join(", ")}.`
    : `No new edition since you were here (edition ${seen}).`;
})();
