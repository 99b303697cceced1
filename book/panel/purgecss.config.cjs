// What scripts set while a page is read: rules that ask for these attributes stay, whatever their value.
module.exports = {
  content: [],
  css: [],
  fontFace: true,
  keyframes: true,
  dynamicAttributes: [
    "data-level", "data-mode", "data-reader", "data-state", "data-theme", "data-urgent",
    "open", "hidden", "aria-expanded", "aria-pressed", "aria-current",
  ],
};
