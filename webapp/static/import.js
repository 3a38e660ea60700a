// Tells on the buttons what will be done with all that is checked on the page of an import.
{
  const buttons = document.querySelectorAll("[data-count]");
  if (buttons.length) {
    const checked = (name) => document.querySelectorAll(`input[name=${name}]:checked`).length;
    const some = (count, thing) => `${count} ${thing}${count === 1 ? "" : "s"}`;
    const tell = () => {
      const sources = checked("take"), fields = checked("theirs");
      const steps = [sources && `add ${some(sources, "source")}`, fields && `change ${some(fields, "field")}`].filter(Boolean);
      const text = steps.join(" and ") || "nothing is checked";
      for (const button of buttons) {
        button.textContent = text[0].toUpperCase() + text.slice(1);
        button.disabled = !steps.length;
      }
    };
    document.addEventListener("change", tell);
    addEventListener("pageshow", tell); // Back brings what was checked with it
    tell();
  }
}
