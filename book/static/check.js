// Check yourself: compares what was chosen with the key on the page, and says in words what is right and why.
for (const form of document.querySelectorAll("form.cy")) {
  const said = form.querySelector(".cy-said");
  const key = [...form.querySelectorAll(".cy-key li")];
  form.querySelector(".cy-act").hidden = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const chosen = [...form.querySelectorAll("input")].map((x) => x.checked);
    if (!chosen.includes(true)) {
      said.textContent = "Choose an answer first.";
      return;
    }
    const right = key.map((x) => x.dataset.right === "yes");
    const missed = right.filter((x, n) => x && !chosen[n]).length;
    const wrong = chosen.map((x, n) => (x && !right[n] ? n : -1)).filter((n) => n >= 0);
    const why = (n) => key[n].querySelector(".cy-why").textContent;
    const name = (n) => form.querySelectorAll("label")[n].textContent.trim();
    const parts = [];
    if (!missed && !wrong.length) parts.push("Right.");
    else parts.push("Not yet.");
    for (const n of wrong) parts.push(`“${name(n)}” is no right answer. ${why(n)}`);
    if (missed)
      parts.push(missed === 1 ? "One right answer is still missing." : `${missed} right answers are missing.`);
    if (!missed && !wrong.length)
      for (const [n, is] of right.entries()) if (is) parts.push(`“${name(n)}”: ${why(n).replace(/^Right: /, "")}`);
    said.textContent = parts.join(" ");
  });
  form.addEventListener("change", () => {
    said.textContent = "";
  });
}
