// Offers concepts, works and authors while one types into [data-complete]: an ARIA 1.2 combobox with a list. What is
// chosen is gone to; with [data-pick] its id goes into the field instead, and the form is sent; with [data-offer] the
// field hears of it by kb:picked, and Enter takes what fits best (kb:unknown: nothing does). Narrower concepts may stand indented below broader ones, and some not to be chosen.
{
  const SHORTEST = 2, SHOWN = 8, REMEMBERED = 50, PAUSE = 120;
  const known = new Map(); // address → completions
  let box = null, chosen = -1, found = [], timer, asking; // of the one box that is typed into

  const choosable = ({ choosable = true }) => choosable;
  const list = () => document.getElementById(`${box.id}-list`);
  const say = (text) => (document.getElementById("said").textContent = text);
  const words = (text) => text.normalize("NFC").match(/[\p{L}\p{M}\p{N}]+/gu) ?? [];
  const fold = (text) => text.toLowerCase().normalize("NFD").replace(/\p{Mn}/gu, "");

  const element = (name, ...content) => {
    const made = document.createElement(name);
    made.append(...content);
    return made;
  };

  // *text* with the beginnings of words that were typed in bold, and whether each was there.
  const marked = (text, typed) => {
    const missing = new Set(typed);
    const parts = text.normalize("NFC").split(/([\p{L}\p{M}\p{N}]+)/u).flatMap((part) => {
      const begin = typed.filter((word) => fold(part).startsWith(word)).sort((a, b) => b.length - a.length)[0];
      if (!begin) return [part];
      missing.delete(begin);
      return [element("b", part.slice(0, begin.length)), part.slice(begin.length)];
    });
    return { parts, whole: !missing.size };
  };

  const option = ({ kind, label, note, matched, way = [], depth = 0, choosable = true, why }, place) => {
    const typed = words(box.value).map(fold);
    const { parts, whole } = marked(label, typed);
    const other = !whole && matched && matched !== label;
    const made = element("li", element("span", ...(other || kind === "claim" ? [label] : parts)));
    if (other) made.append(" ", element("small", "also: ", ...marked(matched, typed).parts));
    const about = "offer" in box.dataset ? [way.length ? [note, ...way].join(" › ") : note, why] : [kind === "source" ? "work" : kind, note];
    made.append(" ", element("small", about.filter(Boolean).join(" · ")));
    Object.assign(made, { id: `${box.id}-${place}`, role: "option", ariaSelected: "false" });
    if (depth) made.dataset.depth = Math.min(depth, 3);
    if (!choosable) made.ariaDisabled = "true";
    return made;
  };

  const close = () => {
    clearTimeout(timer);
    asking?.abort();
    choose(-1);
    list().hidden = true;
    box.ariaExpanded = "false";
  };

  const open = (completions) => {
    found = completions;
    list().replaceChildren(...found.map(option));
    choose(-1);
    list().hidden = !found.length;
    box.ariaExpanded = String(!!found.length);
    const some = found.filter(choosable).length;
    say(some === 1 ? "1 suggestion" : `${some || "no"} suggestions`);
  };

  const choose = (place) => {
    const options = list().children;
    if (options[chosen]) options[chosen].ariaSelected = "false";
    chosen = place;
    const now = options[chosen];
    if (!now) return box.removeAttribute("aria-activedescendant");
    now.ariaSelected = "true";
    now.scrollIntoView({ block: "nearest" });
    box.setAttribute("aria-activedescendant", now.id);
  };

  const ask = async (then) => {
    clearTimeout(timer);
    asking?.abort();
    const text = box.value.trim(), asked = box;
    if (text.length < SHORTEST) return close();
    const { signal } = (asking = new AbortController());
    const offered = await completions(asked, text, signal);
    if (!offered && !signal.aborted && asked === box) return close(); // what is listed is not for this text
    if (!offered || signal.aborted || asked !== document.activeElement) return;
    open(offered);
    if (found.length) then?.();
  };

  // What *text* may mean in a *field*; nothing where the server does not say, and the form still works.
  const completions = async ({ dataset }, text, signal) => {
    const { complete, kinds = "", not = "" } = dataset; // not: ids that are chosen already
    const more = [...words(kinds).map((kind) => `kind=${kind}`), ...not.split(" ").filter(Boolean).map((id) => `not=${encodeURIComponent(id)}`)];
    const query = [`limit=${SHOWN}`, ...more, `q=${encodeURIComponent(text)}`].join("&");
    const address = `${complete}${complete.includes("?") ? "&" : "?"}${query}`;
    try {
      if (!known.has(address)) {
        const answer = await fetch(address, { signal });
        if (!answer.ok) return null;
        if (known.size >= REMEMBERED) known.delete(known.keys().next().value);
        known.set(address, await answer.json());
      }
      return known.get(address);
    } catch {
      return null;
    }
  };

  const tell = (field, event, detail) => field.dispatchEvent(new CustomEvent(event, { bubbles: true, detail }));

  // Take what fits best what was typed. The field is free for the next name at once.
  const takeBest = async () => {
    const field = box, text = field.value.trim(), several = field.dataset.offer !== "one";
    close();
    if (several) field.value = "";
    const offered = (await completions(field, text)) ?? [], best = meant(offered, text, field.dataset.not ?? "");
    if (best) return tell(field, "kb:picked", best);
    if (several && field.value) return tell(field, "kb:unknown", text); // the next name is being typed
    field.value = text;
    const free = offered.find(choosable);
    if (!free || field !== document.activeElement) return tell(field, "kb:unknown");
    open(offered);
    choose(offered.indexOf(free));
  };

  // What is surely meant: what is called so, or stands first, or is all there is; one that is chosen *already* too.
  const meant = (offered, text, already) => {
    const free = offered.filter(choosable), first = offered.find(({ label }) => fold(label) === fold(text)) ?? offered[0];
    if (already.split(" ").includes(first?.id)) return first;
    const likely = free.includes(first) && first.kind !== "claim" ? first : free.length === 1 ? free[0] : null;
    return likely?.why ? null : likely; // what is only near in meaning is looked at first
  };

  // To the next one that can be chosen; from none to the first or the last.
  const move = (step) => {
    const onward = () => {
      const free = [...found.keys()].filter((place) => choosable(found[place]));
      const at = free.indexOf(chosen), last = free.length - 1;
      if (free.length) choose(free[step > 0 ? (at < last ? at + 1 : 0) : at > 0 ? at - 1 : last]);
    };
    if (list().hidden) return ask(onward);
    onward();
  };

  const go = (place, event) => {
    const picked = found[place], { url, id } = picked, form = "pick" in box.dataset && box.form;
    if (!choosable(picked)) return;
    close();
    if ("offer" in box.dataset) {
      if (box.dataset.offer !== "one") box.value = "";
      tell(box, "kb:picked", picked);
    }
    else if (form) {
      box.value = id;
      form.requestSubmit();
    } else if (event.ctrlKey || event.metaKey) window.open(url, "_blank", "noopener");
    else location.assign(url);
  };

  const keys = {
    ArrowDown: (event) => (event.altKey ? ask() : move(1)),
    ArrowUp: (event) => (event.altKey ? close() : move(-1)),
    Enter: (event) => {
      if (chosen >= 0) return go(chosen, event);
      if (!("offer" in box.dataset) || box.dataset.label || !box.value.trim()) return false;
      takeBest();
    },
    Escape: () => {
      if (list().hidden) box.value = "";
      close();
    },
    Home: () => (choose(-1), false), // the text's own: only nothing is chosen any more
    End: () => (choose(-1), false),
    ArrowLeft: () => (choose(-1), false),
    ArrowRight: () => (choose(-1), false),
    Tab: () => (close(), false),
  };

  const enter = (target) => {
    if (target === box) return;
    leave();
    [box, chosen, found] = [target.matches("input[data-complete]") ? target : null, -1, []];
  };

  const leave = () => {
    clearTimeout(timer);
    asking?.abort();
    if (box?.isConnected) close();
  };

  const prepare = () => {
    for (const each of document.querySelectorAll("input[data-complete]:not([role])")) {
      each.role = "combobox";
      each.ariaExpanded = "false";
      each.ariaAutoComplete = "list";
      each.setAttribute("aria-controls", `${each.id}-list`);
      const list = element("ul");
      Object.assign(list, { id: `${each.id}-list`, role: "listbox", ariaLabel: "Suggestions", hidden: true });
      each.after(list);
    }
  };

  prepare();
  document.addEventListener("kb:replaced", prepare);
  enter(document.activeElement);
  document.addEventListener("focusin", ({ target }) => enter(target));
  document.addEventListener("input", ({ target }) => {
    if (target !== box) return;
    clearTimeout(timer);
    timer = setTimeout(() => ask(), PAUSE);
  });
  document.addEventListener("keydown", (event) => {
    if (event.target !== box || event.isComposing || !Object.hasOwn(keys, event.key)) return;
    if (keys[event.key](event) !== false) event.preventDefault();
  });
  document.addEventListener("focusout", ({ target }) => target === box && leave());
  document.addEventListener("submit", leave);
  document.addEventListener("mousedown", (event) => {
    if (event.target.closest(".combobox [role=listbox]")) event.preventDefault(); // the box keeps the focus
  });
  document.addEventListener("click", (event) => {
    const option = event.target.closest(".combobox [role=option]");
    if (option && box) go([...list().children].indexOf(option), event);
  });
}
