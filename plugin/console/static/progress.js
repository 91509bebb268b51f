// Follows a plan that is under way; the page is read again when it is over. Without it "Look again" does the same.
(() => {
  const at = document.getElementById("progress");
  const look = async () => {
    try {
      const answer = await fetch(at.dataset.progress, { headers: { Accept: "application/json" } });
      if (!answer.ok) return;
      const told = await answer.json();
      if (told.over) { location.reload(); return; }
      document.getElementById("far").textContent = told.words;
      const bar = document.getElementById("bar");
      bar.max = told.of || 1;
      bar.value = told.done;
    } catch { /* the server may be starting again; the next look tells */ }
    setTimeout(look, 1500);
  };
  if (at) setTimeout(look, 1000);
})();
