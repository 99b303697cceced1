/* The register as a table one can work with: filtered and sorted by choice. Without this script the table is whole. */
(() => {
  const text = (row, n) => row.cells[n].textContent.trim();

  function filter(form, rows) {
    const wanted = [...form.querySelectorAll("select[data-column]")].filter((s) => s.value);
    for (const row of rows) row.hidden = wanted.some((s) => text(row, Number(s.dataset.column)) !== s.value);
    form.querySelector("output").textContent = `${rows.filter((row) => !row.hidden).length} of ${rows.length}`;
  }

  function sort(by, rows, body) {
    const ascending = (a, b) => text(a, Number(by)).localeCompare(text(b, Number(by)), "en", { numeric: true });
    body.append(...(by ? [...rows].sort(ascending) : rows));
  }

  for (const place of document.querySelectorAll(".register")) {
    const form = place.querySelector("form");
    const body = place.querySelector("tbody");
    const rows = [...body.rows];
    form.hidden = false;
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("change", () => {
      sort(form.querySelector("select[data-sort]").value, rows, body);
      filter(form, rows);
    });
    sort(form.querySelector("select[data-sort]").value, rows, body); // a browser may have kept the choices
    filter(form, rows);
  }
})();
