// Before and after a class: what was chosen, and how sure, as a file to hand in. The key is not on the page, and nothing is sent.
for (const form of document.querySelectorAll("form.handin")) {
  const said = form.querySelector(".cy-said");
  form.querySelector(".cy-act").hidden = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const answers = [...form.querySelectorAll("fieldset[data-question]")].map((asked) => ({
      question: asked.dataset.question,
      chosen: [...asked.querySelectorAll("input:checked")].map((x) => x.nextElementSibling.textContent),
      sure: Number(asked.querySelector("input[type=number]").value),
    }));
    const open = answers.filter((x) => !x.chosen.length).length;
    if (open) {
      said.textContent = open === 1 ? "One question has no answer yet." : `${open} questions have no answer yet.`;
      return;
    }
    const { part } = form.dataset;
    const code = form.querySelector("input[type=text]").value.trim();
    const text = JSON.stringify({ format: "ketamine-before-after", version: 1, part, code, answers }, null, 1);
    const href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
    const name = `${part}-${code.replace(/[^\p{L}\p{N}]+/gu, "-")}.json`;
    Object.assign(document.createElement("a"), { href, download: name }).click();
    setTimeout(() => URL.revokeObjectURL(href), 1000);
    said.textContent = `Saved as ${name}, on this device only. Hand it in to whoever holds the class.`;
  });
}
