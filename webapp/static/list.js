// Keeps a reader's list in this browser: as the query of its page and, behind "#", a token by which a page is known to
// be the reader's own. [data-collect] buttons put things on it; the page of the list is written back when it changes.
{
  const KEY = "my list", ITEMS = 100, LETTERS = 10_000, PAUSE = 300; // milliseconds after the last key in a note
  const ADD = "Add to my list", REMOVE = "In my list – remove";
  const OFF = "This browser keeps no list for this site: open “My list” and keep its address.";
  const BAR = {
    link: "This list came by a link; it is not the one that is kept in this browser. To change it or write notes, make it yours first.",
    earlier: "This is your list as it was before a change.",
    other: "Your list was changed in another tab. What was added there joins this one with the next button you press.",
    off: "This browser keeps no list for this site: the address of this page holds it. Bookmark it.",
  };
  const HEADING = { link: "A list sent to you", off: "List" }, MINE = "My list"; // of a list without a name
  const nav = document.querySelector("[data-my-list]"), named = nav?.textContent;
  const [home, fields = ""] = nav?.href.split("?") ?? [];
  const TYPED = "[data-list] :is(textarea, [name=title])";
  const page = () => document.querySelector("[data-list]"); // of a list
  let held = null, made = null; // what this page alone keeps, where the browser does not; a token that is not stored yet
  let state = "", timer; // of the page of a list: "mine", or a key of BAR
  let shown = null; // my list as the page has shown it, by which one knows what another tab has added since

  /* What is kept */

  const stored = () => {
    try {
      return held ?? localStorage.getItem(KEY) ?? "";
    } catch {
      return (held = page()?.dataset.list ?? ""); // forbidden: what is shown is the list
    }
  };
  const read = (query) => {
    const all = new URLSearchParams(query), notes = all.getAll("note");
    const items = new Map(all.getAll("item").map((id, place) => [id, notes[place] ?? ""]));
    return { items, title: all.get("title"), style: all.get("style") };
  };
  const write = ({ items, title, style }) => {
    const notes = [...items.values()], all = [...items.keys()].map((id) => ["item", id]);
    if (notes.some(Boolean)) all.push(...notes.map((note) => ["note", note]));
    return new URLSearchParams([...all, ["title", title], ["style", style]].filter(([name, value]) => value || /item|note/.test(name))).toString();
  };
  const random = () => Array.from(crypto.getRandomValues(new Uint8Array(12)), (n) => n.toString(36)).join("");
  const token = () => stored().split("#")[1] || (made ??= random());
  const mine = () => read(stored().split("#")[0]);
  const letters = ({ items }) => [...items.values()].join("").length;

  const keep = (list) => {
    const text = `${write(list)}#${token()}`;
    try {
      localStorage.setItem(KEY, text);
      held = null;
    } catch {
      held = text; // full or forbidden
    }
    show();
  };

  const asked = (query) => [query, fields].filter(Boolean).join("&");
  // What this page alone holds travels as a list by a link does, so that it takes the place of no stored one.
  const address = () => new URL(`${home}?${asked(write(mine()))}${held === null ? `#mine-${token()}` : ""}`).href.replace(/\?(?=#|$)/, "");

  /* What is shown */

  const say = (text, visibly = false) => {
    document.getElementById("said").textContent = text;
    document.querySelector(".list-told")?.remove();
    if (visibly) document.body.append(Object.assign(document.createElement("p"), { className: "list-told", textContent: text }));
  };
  const count = (number) => `${number} item${number === 1 ? "" : "s"}`;

  // A button that would lose something asks first: it is pressed a second time.
  const sure = (button, question) => {
    const before = button.textContent;
    if (before === question) return true;
    button.textContent = question;
    say(question);
    button.addEventListener("blur", () => button.textContent === question && (button.textContent = before), { once: true });
    return false;
  };

  const show = () => {
    const { items } = mine();
    nav.href = address();
    nav.textContent = items.size ? `${named} (${items.size})` : named;
    for (const button of document.querySelectorAll("[data-collect]")) {
      const on = items.has(button.dataset.collect);
      button.hidden = Boolean(button.closest("[data-list]")) && state !== "link";
      button.textContent = on ? REMOVE : ADD;
      button.classList.toggle("on", on);
    }
  };

  const toggle = (button) => {
    const list = mine(), id = button.dataset.collect;
    if (list.items.get(id) && !sure(button, "It has a note: remove both")) return;
    const had = list.items.delete(id);
    if (!had && list.items.size >= ITEMS) return say(`Your list has ${ITEMS} items, which is all it can have: remove some first.`, true);
    if (!had) list.items.set(id, "");
    keep(list);
    const done = `${had ? "Removed" : "Added"}: ${count(list.items.size)} on my list.`;
    say(held === null ? done : `${done} ${OFF}`, held !== null);
  };

  /* The page of a list */

  // Whose is it? With my token it is mine; with "save" before the token it is what became of mine by a change.
  const settle = ({ fresh = false, back = false } = {}) => {
    if (!page()) return show();
    const here = () => read(page().dataset.list), same = () => write(here()) === write(mine());
    const [, step, known] = location.hash.match(/^#(mine|save)-(.+)$/) ?? [];
    const own = known === token() || !here().items.size;
    if (held === null && own && back && shown) restore(here());
    else if (held === null && own && (step === "save" || location.href === address())) keep(here());
    if (held !== null) [state, held] = ["off", page().dataset.list];
    else if (own && (fresh || back) && !same()) return location.replace(address());
    else state = same() ? "mine" : own ? "earlier" : "link";
    shown = state === "mine" ? here() : null;
    if (state === "off" || (state === "mine" && here().items.size)) rename(location.search);
    const form = document.getElementById("change");
    form.action = form.action.split("#")[0] + (state === "mine" ? `#save-${token()}` : "");
    page().querySelectorAll(".saving").forEach((each) => (each.hidden = true)); // notes are saved as they are typed
    page().querySelectorAll(".scripted").forEach((each) => (each.hidden = false));
    page().classList.toggle("sent", foreign()); // so that nobody writes a note that no list keeps
    head();
    bar();
    show();
  };

  // Back or forward: the items as they were then, their notes and the name as they are now. What another tab added stays.
  const restore = (here) => {
    const { items, title } = mine(), { size } = here.items;
    for (const [id, note] of items) if (here.items.has(id) || !shown.items.has(id)) here.items.set(id, note);
    here.title = title;
    keep(here);
    if (here.items.size > size) return; // the page does not have them yet
    for (const field of typable()) field.value = field.name === "title" ? title : here.items.get(of(field));
    if (page().dataset.list !== write(here)) spread(here);
  };

  // The address of a page that is mine has my token; one that no store holds must not have it.
  const rename = (search) => history.replaceState(history.state, "", location.pathname + search + (state === "mine" || state === "other" ? `#mine-${token()}` : ""));

  const foreign = () => state === "link" || state === "earlier";

  // The heading, with which the title of the page begins, tells whose list it is.
  const head = () => {
    const h1 = page().querySelector("h1"), before = h1.textContent, { title } = read(page().dataset.list);
    h1.textContent = state === "link" && title ? `${HEADING.link}: ${title}` : title || (HEADING[state] ?? MINE);
    document.title = h1.textContent + document.title.slice(before.length);
  };

  const bar = () => {
    const box = page().querySelector(".list-bar");
    box.hidden = state === "mine";
    box.querySelector("p").textContent = BAR[state] ?? "";
    box.querySelectorAll("button").forEach((each) => (each.hidden = !foreign()));
    Object.assign(box.querySelector("a"), { href: address(), hidden: !mine().items.size || state === "off" });
  };

  const notes = () => [...(page()?.querySelectorAll("textarea[name=note]") ?? [])];
  const name = () => page()?.querySelector("input[name=title]");
  const typable = () => [name(), ...notes()].filter(Boolean);
  const typed = (field) => field.value !== field.defaultValue;
  const of = (field) => field.closest("li").querySelector("[name=item]").value;

  // What another tab has put on my list, or has noted, joins what is sent.
  const join = (form) => {
    const here = read(page().dataset.list), list = mine();
    keep(list); // with a token, by which the answer is known
    for (const field of notes()) if (!typed(field)) field.value = list.items.get(of(field)) ?? field.value;
    const more = [...list.items].flatMap(([id, note]) => (here.items.has(id) ? [] : [["item", id], ["note", note]]));
    if (name() && !typed(name())) name().value = list.title ?? "";
    if (!name() && list.title) more.push(["title", list.title]);
    for (const [name, value] of more) {
      const field = Object.assign(document.createElement("input"), { type: "hidden", name, value });
      field.setAttribute("form", form.id);
      page().append(field);
    }
  };

  // What was typed, notes or the name, goes to the store and into all addresses.
  const save = () => {
    clearTimeout(timer);
    const here = read(page().dataset.list), list = mine(), own = state === "mine" || state === "other";
    for (const field of notes().filter(typed)) {
      here.items.set(of(field), field.value.trim());
      if (list.items.has(of(field))) list.items.set(of(field), field.value.trim());
    }
    if (name() && typed(name())) here.title = list.title = name().value.trim().replace(/\s+/g, " ");
    if (Math.max(letters(here), letters(list)) > LETTERS) return say(`All notes together may have ${LETTERS} letters: shorten some. This one is not saved.`, true);
    if (own) keep(list);
    spread(here);
    if (own) shown = here;
    head();
    bar();
  };

  const spread = (list) => {
    for (const field of typable()) field.defaultValue = field.value;
    for (const field of notes()) field.nextElementSibling.textContent = field.value;
    const query = (page().dataset.list = write(list)), link = document.getElementById("copy-link");
    if (link) link.dataset.copy = `${link.dataset.copy.split("?")[0]}?${query}`;
    for (const each of document.querySelectorAll("a[data-with-list]")) each.search = asked(query);
    if (held !== null) [state, held] = ["off", query];
    rename(`?${asked(query)}`);
  };

  const use = (button) => {
    const before = mine(), { size } = before.items;
    if (size && !sure(button, `Press again: it takes the place of ${count(size)}`)) return;
    keep(read(page().dataset.list));
    settle();
    nav.focus();
    say(`This is your list now: ${count(mine().items.size)}.`);
    if (size && held === null) undo(before);
  };

  // A link to my list as it was before another took its place; it makes it mine again.
  const undo = (before) => {
    const line = Object.assign(document.createElement("p"), { className: "undo", textContent: `Replaced: your list of ${count(before.items.size)}. ` });
    line.append(Object.assign(document.createElement("a"), { href: `${home}?${asked(write(before))}#save-${token()}`, textContent: "Undo" }));
    page().querySelector(".list-bar").after(line);
  };

  const add = () => {
    const list = mine(), before = list.items.size, { items } = read(page().dataset.list);
    let left = 0;
    for (const [id, note] of items) {
      const full = !list.items.has(id) && list.items.size >= ITEMS, had = list.items.get(id);
      const long = note && !had && letters(list) + note.length > LETTERS;
      if (full || long) left++;
      if (!full) list.items.set(id, had || (long ? "" : note));
    }
    keep(list);
    settle();
    if (held === null) page().querySelector(".list-bar a").click(); // to my list, where notes can be written
    say(`${count(list.items.size - before)} added: my list has ${list.items.size}.${left ? ` No room for ${left}, or for the note.` : ""}`, true);
  };

  if (nav) {
    settle({ fresh: true });
    document.addEventListener("kb:replaced", ({ detail }) => settle(detail ?? {}));
    window.addEventListener("pageshow", ({ persisted }) => persisted && settle({ fresh: true }));
    window.addEventListener("hashchange", () => /^#(mine|save)-/.test(location.hash) && settle());
    window.addEventListener("storage", ({ key }) => {
      if (key !== KEY && key !== null) return;
      show();
      say(`Your list was changed in another tab: ${count(mine().items.size)}.`);
      if (!page() || state === "link" || state === "off") return;
      if (!typable().some(typed)) return location.replace(address());
      state = "other";
      bar();
    });
    document.addEventListener("click", ({ target }) => {
      const button = target.closest("[data-collect], [data-list-do]");
      if (button?.dataset.collect) toggle(button);
      else if (button) ({ add, use })[button.dataset.listDo](button);
      else target.closest(".list-told")?.remove();
    });
    document.addEventListener("submit", ({ target }) => {
      if (target.id !== "change") return;
      clearTimeout(timer);
      if (state === "mine" || state === "other") join(target);
    }, true); // before live.js reads the form
    document.addEventListener("input", ({ target }) => {
      if (!target.matches(TYPED)) return;
      clearTimeout(timer);
      timer = setTimeout(save, PAUSE);
    });
    document.addEventListener("change", ({ target }) => target.matches(TYPED) && save());
  }
}
