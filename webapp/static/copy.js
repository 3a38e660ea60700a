// Copies a text: that of [data-copy], or of the element that [data-copy-from] names; shows and tells that it did.
{
  const SHOWN = 2000; // milliseconds
  const shown = new WeakMap(); // button → its own text, and the timer that puts it back
  const BUTTONS = "[data-copy], [data-copy-from]";

  const unhide = () => document.querySelectorAll(BUTTONS).forEach((button) => (button.hidden = false));
  const source = (button) => document.querySelector(button.dataset.copyFrom);
  const text = (button) => button.dataset.copy ?? (source(button).value ?? source(button).innerText).trim();

  const select = (text) => { // where the page is not from a safe address, there is no clipboard to write to
    const area = document.createElement("textarea"), before = document.activeElement;
    area.value = text;
    area.className = "hidden";
    document.body.append(area);
    area.select();
    const copied = document.execCommand("copy");
    area.remove();
    before?.focus({ preventScroll: true });
    return copied;
  };

  const copied = async (text) => {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      return select(text);
    }
  };

  const tell = (button, message) => {
    const { own, timer } = shown.get(button) ?? { own: button.textContent };
    clearTimeout(timer);
    button.textContent = document.getElementById("said").textContent = message;
    const back = () => {
      button.textContent = own;
      document.getElementById("said").textContent = "";
      shown.delete(button);
    };
    shown.set(button, { own, timer: setTimeout(back, SHOWN) });
  };

  unhide();
  document.addEventListener("kb:replaced", unhide);
  document.addEventListener("click", async ({ target }) => {
    const button = target.closest(BUTTONS);
    if (button) tell(button, (await copied(text(button))) ? "Copied" : "Not copied");
  });
}
