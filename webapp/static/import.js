// Tells on the button how much is checked on the page of an import.
{
  const button = document.querySelector("[data-count]");
  if (button) {
    const [one, several] = button.dataset.count.split("|");
    const checked = (name) => document.querySelectorAll(`input[name=${name}]:checked`).length;
    const tell = () => {
      const sources = checked("take"), fields = checked("theirs");
      const more = fields ? ` and change ${fields} ${fields === 1 ? "field" : "fields"}` : "";
      button.textContent = (sources === 1 ? one : several).replace("#", sources) + more;
    };
    document.addEventListener("change", tell);
    tell();
  }
}
