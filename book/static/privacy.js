// The privacy page: what this browser keeps, and a button that forgets it.
(() => {
  const told = document.querySelector(".kept-now");

  function tell() {
    try {
      told.textContent = Object.keys(localStorage).sort().join(", ") || "nothing";
    } catch {
      told.textContent = "nothing; this browser does not allow it";
    }
  }

  tell();
  document.querySelector(".wipe-kept").addEventListener("click", () => {
    try {
      localStorage.clear();
      sessionStorage.clear();
    } catch {
      // nothing is kept
    }
    tell();
  });
})();
