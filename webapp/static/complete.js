// Offers what a text may become while it is typed; the form works without.
for (const input of document.querySelectorAll("input[data-complete]")) {
  const list = document.getElementById(input.getAttribute("list"));
  let asked = "";
  input.addEventListener("input", async () => {
    const text = input.value.trim();
    if (text === asked) return;
    asked = text;
    if (text.length < 2) return list.replaceChildren();
    const answer = await fetch(`${input.dataset.complete}?limit=8&q=${encodeURIComponent(text)}`);
    if (!answer.ok || text !== asked) return;
    list.replaceChildren(...(await answer.json()).map(({ kind, label, note, matched }) => {
      const option = document.createElement("option");
      option.value = label;
      option.label = [matched === label ? "" : matched, kind, note].filter(Boolean).join(" · ");
      return option;
    }));
  });
}
