// The frame of every page: colours, the two lists of contents on a phone, printing. Loaded in the head, so that a dark page never flashes.
(() => {
  const root = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const modes = { auto: "as the system", light: "light", dark: "dark" };

  // A frame without storage, or a reader who forbids it, loses the choice and nothing else.
  function kept() {
    try {
      return localStorage.getItem("mode");
    } catch {
      return null;
    }
  }

  function keep(mode) {
    try {
      localStorage.setItem("mode", mode);
    } catch {
      // not kept
    }
  }

  function paint(mode) {
    root.dataset.mode = mode;
    root.dataset.theme = mode === "auto" ? (dark.matches ? "dark" : "light") : mode;
  }

  function colours(button) {
    const name = () => {
      const state = document.createElement("span");
      state.className = "state";
      state.textContent = `: ${modes[root.dataset.mode]}`;
      button.replaceChildren("Colours", state);
    };
    name();
    button.addEventListener("click", () => {
      const names = Object.keys(modes);
      const next = names[(names.indexOf(root.dataset.mode) + 1) % names.length];
      keep(next);
      paint(next);
      name();
    });
  }

  // On a phone a list of contents opens as a dialog: its content moves there and back, with its classes.
  function drawer(toggle, side, dialog) {
    const wide = matchMedia(side.id === "pst-primary-sidebar" ? "(min-width: 992px)" : "(min-width: 1200px)");
    const move = (from, to) => {
      to.append(...from.childNodes);
      to.className = from.className;
      from.className = "";
    };
    toggle.setAttribute("aria-haspopup", "dialog");
    dialog.setAttribute("aria-label", toggle.textContent);
    const shut = document.createElement("button");
    Object.assign(shut, { type: "button", className: "btn drawer-close", textContent: "Close" });
    shut.addEventListener("click", () => dialog.close());
    toggle.addEventListener("click", () => {
      if (wide.matches) return side.toggleAttribute("hidden");
      move(side, dialog);
      dialog.prepend(shut);
      dialog.showModal();
    });
    dialog.addEventListener("click", (event) => {
      if (event.target === dialog || event.target.closest("a")) dialog.close();
    });
    dialog.addEventListener("close", () => {
      shut.remove();
      move(dialog, side);
      toggle.focus();
    });
  }

  // What scrolls sideways can be reached with the keyboard.
  function reachable() {
    for (const box of document.querySelectorAll("pre, .output, .pst-scrollable-table-container")) {
      if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
      else box.removeAttribute("tabindex");
    }
  }

  // From a folder, or in a closed frame, a browser loads no module: the panel stays still, and says so.
  function still() {
    for (const panel of document.querySelectorAll(".decision-panel:not(.dp-live)")) {
      const note = document.createElement("p");
      const link = document.createElement("a");
      note.className = "panel-still";
      note.setAttribute("role", "status");
      link.href = `${root.dataset.content_root ?? ""}ketamine-panel.html`;
      link.textContent = "use the panel in one file";
      note.append("The panel cannot run here. Open this page from a server and outside a closed frame, or ", link, ".");
      panel.before(note);
    }
  }

  paint(modes[kept()] ? kept() : "auto");
  dark.addEventListener("change", () => paint(root.dataset.mode));
  document.addEventListener("DOMContentLoaded", () => {
    for (const button of document.querySelectorAll(".theme-switch-button")) colours(button);
    for (const button of document.querySelectorAll(".print-button")) button.addEventListener("click", () => print());
    for (const which of ["primary", "secondary"]) {
      const parts = [`.${which}-toggle`, `#pst-${which}-sidebar`, `#pst-${which}-sidebar-modal`];
      const found = parts.map((part) => document.querySelector(part));
      if (found.every(Boolean)) drawer(...found);
    }
    reachable();
    addEventListener("resize", reachable);
    document.addEventListener("toggle", reachable, true);
    addEventListener("load", () => setTimeout(still, 1500));
  });
})();
