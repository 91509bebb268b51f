// The page takes the theme that the reader's system asks for, and follows when it changes.
(() => {
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const take = () => { document.documentElement.dataset.bsTheme = dark.matches ? "dark" : "light"; };
  dark.addEventListener("change", take);
  take();
})();
