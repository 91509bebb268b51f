// Comfort for the rule's editor: the condition is checked while it is written, and fields and values can be taken by a
// click. Without it the button does the same.
(() => {
  const box = document.getElementById("when");
  const found = document.getElementById("found");
  const suggestions = document.getElementById("suggestions");
  if (!box || !found) return;
  const form = box.form;
  let words = null, timer = 0, asked = 0;

  const check = async () => {
    const mine = ++asked;
    if (!box.value.trim()) { found.replaceChildren(); return; }
    found.setAttribute("aria-busy", "true");
    try {
      const body = new URLSearchParams();
      for (const name of ["csrf_token", "product", "when"]) body.set(name, new FormData(form).get(name) ?? "");
      const answer = await fetch(found.dataset.check, { method: "POST", body, headers: { Accept: "application/json" } });
      if (mine !== asked) return;
      const said = answer.ok ? await answer.json() : null;
      if (said) found.innerHTML = said.html; // made and escaped by the server's template
      else found.textContent = "The condition could not be checked; nothing was changed. Press the button to try again.";
      box.setAttribute("aria-invalid", said && said.wrong ? "true" : "false");
    } catch {
      if (mine === asked) found.textContent = "The server did not answer; nothing was changed. Press the button to try again.";
    } finally {
      if (mine === asked) found.removeAttribute("aria-busy");
    }
  };
  const soon = () => { clearTimeout(timer); timer = setTimeout(check, 400); };

  // What stands before the cursor: the word that is being written, and the field whose value it would be.
  const place = () => {
    const before = box.value.slice(0, box.selectionStart);
    const word = before.match(/("[^"]*|[^\s()=!<>~,"]*)$/)[0];
    const rest = before.slice(0, before.length - word.length);
    const value = rest.match(/([\w.\[\]]+|"[^"]+")\s*(?:=|!=|(?:not\s+)?in\s*\((?:[^()]*,)?)\s*$/i);
    return { word, from: rest.length, field: value ? value[1].replaceAll('"', "").toLowerCase() : "" };
  };
  const quoted = (text) => (/^[\w.-]+$/.test(text) ? text : `"${text.replace(/["\\]/g, "\\$&")}"`);
  const alias = { type: "issuetype" };
  const suggest = () => {
    if (!words) return;
    const at = place();
    const among = at.field ? words.values[alias[at.field] ?? at.field] ?? [] : words.fields;
    const begun = at.word.replace(/^"/, "").toLowerCase();
    const close = among.filter((one) => one.toLowerCase().includes(begun) && one.toLowerCase() !== begun);
    close.sort((a, b) => b.toLowerCase().startsWith(begun) - a.toLowerCase().startsWith(begun));
    const shown = begun || at.field ? close.slice(0, 8) : [];
    suggestions.hidden = shown.length === 0;
    suggestions.replaceChildren(...shown.map((one) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "btn btn-sm btn-outline-secondary font-monospace";
      button.textContent = one;
      button.addEventListener("click", () => {
        box.setRangeText(quoted(one) + " ", at.from, at.from + at.word.length, "end");
        box.focus();
        suggest();
        soon();
      });
      return button;
    }));
  };
  box.addEventListener("input", () => { soon(); suggest(); });
  box.addEventListener("click", suggest);
  box.addEventListener("keyup", (event) => { if (event.key.startsWith("Arrow")) suggest(); });
  document.getElementById("check").addEventListener("click", (event) => { event.preventDefault(); check(); });
  fetch(found.dataset.words, { headers: { Accept: "application/json" } })
    .then((answer) => (answer.ok ? answer.json() : null))
    .then((told) => { words = told; if (document.activeElement === box) suggest(); }) // who typed before they came
    .catch(() => { words = null; });
  if (box.value.trim() && !found.textContent.trim()) check();
})();
