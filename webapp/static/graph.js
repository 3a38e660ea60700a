// Lets a reader move and enlarge the picture around a concept; the page scrolls as ever, and all works without.
for (const figure of document.querySelectorAll("[data-graph]")) {
  const svg = figure.querySelector("svg"), tools = figure.querySelector(".graph-tools");
  const whole = svg.viewBox.baseVal, full = { x: whole.x, y: whole.y, width: whole.width, height: whole.height };
  let view, held = null, moved = false;
  const draw = () => svg.setAttribute("viewBox", `${view.x} ${view.y} ${view.width} ${view.height}`);
  const scale = () => view.width / svg.clientWidth;
  const clamp = (at, low, high) => Math.min(Math.max(at, low), high);

  function move(dx, dy) {  // the middle of what is seen stays within the picture
    view.x = clamp(view.x + dx, full.x - view.width / 2, full.x + full.width - view.width / 2);
    view.y = clamp(view.y + dy, full.y - view.height / 2, full.y + full.height - view.height / 2);
    draw();
  }
  function zoom(factor, x = view.x + view.width / 2, y = view.y + view.height / 2) {
    factor = clamp(view.width * factor, full.width / 5, full.width * 1.25) / view.width;
    view = { x: x - (x - view.x) * factor, y: y - (y - view.y) * factor, width: view.width * factor, height: view.height * factor };
    draw();
  }
  function reset() {
    view = { ...full };
    draw();
  }
  const acts = { in: () => zoom(0.8), out: () => zoom(1.25), reset };
  const keys = { "+": acts.in, "=": acts.in, "-": acts.out, "0": reset };
  const arrows = { ArrowLeft: [-40, 0], ArrowRight: [40, 0], ArrowUp: [0, -40], ArrowDown: [0, 40] };

  tools.addEventListener("click", event => acts[event.target.dataset.zoom]?.());
  figure.addEventListener("keydown", event => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const arrow = event.target === svg && arrows[event.key];
    if (!arrow && !keys[event.key]) return;
    event.preventDefault();
    if (arrow) move(...arrow); else keys[event.key]();
  });
  svg.addEventListener("wheel", event => {
    if (!event.ctrlKey) return;  // without it the page scrolls
    event.preventDefault();
    const box = svg.getBoundingClientRect();
    zoom(event.deltaY < 0 ? 0.9 : 1 / 0.9, view.x + (event.clientX - box.x) * scale(), view.y + (event.clientY - box.y) * scale());
  }, { passive: false });
  svg.addEventListener("pointerdown", event => {
    if (event.button === 0) [held, moved] = [event, false];
  });
  svg.addEventListener("pointermove", event => {
    if (held?.pointerId !== event.pointerId) return;
    const dx = event.clientX - held.clientX, dy = event.clientY - held.clientY;
    if (!moved && Math.hypot(dx, dy) < 5) return;
    if (!moved) svg.setPointerCapture(event.pointerId);
    moved = true;
    move(-dx * scale(), -dy * scale());
    held = event;
  });
  for (const end of ["pointerup", "pointercancel"]) svg.addEventListener(end, () => {
    held = null;
    setTimeout(() => { moved = false; });  // after the click that ends a drag
  });
  svg.addEventListener("dragstart", event => event.preventDefault());
  svg.addEventListener("click", event => { if (moved) event.preventDefault(); }, true);
  svg.addEventListener("focusin", event => {  // what has the focus is seen
    if (event.target === svg || !event.target.matches(":focus-visible")) return;
    const box = event.target.getBBox();
    const over = (low, size, at, length) => Math.min(low - at, 0) || Math.max(low + size - at - length, 0);
    move(over(box.x, box.width, view.x, view.width), over(box.y, box.height, view.y, view.height));
  });

  figure.classList.add("live");
  svg.setAttribute("tabindex", "0");
  tools.hidden = false;
  reset();
}
