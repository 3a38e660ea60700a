// In the form of a source: puts what is chosen into its list, takes suggestions or turns them down, looks quotes up,
// and shows the trees of concepts to choose from. Without it the same is done by the buttons of the form.
{
  const PAUSE = 300, SETTLED = 1500, LIKE = 5;
  const say = (text) => (document.getElementById("said").textContent = text);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const named = (name) => all(`[name="${CSS.escape(name)}"]`);
  const changed = (place) => place.dispatchEvent(new Event("input", { bubbles: true })); // as if it were typed
  const element = (name, attributes, ...content) => {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.append(...content);
    return made;
  };
  const hidden = (name, value) => element("input", { type: "hidden", name, value });
  const small = (text) => element("small", {}, text ?? "");

  // Lists of what is chosen

  const picker = (path) => document.querySelector(`[data-picker="${CSS.escape(path)}"]`);
  const boxOf = (path) => document.getElementById(`${path}.add`) ?? document.getElementById(path);

  const mark = (within) => {
    for (const each of all("[data-picker][data-kind=concept]", within)) {
      const box = each.querySelector("[data-offer]"), ids = all("[data-picked] > [data-id]", each).map((item) => item.dataset.id);
      if (box) box.dataset.not = ids.join(" ");
    }
  };

  // The items of a list by their places, as the server tells what is wrong with them.
  const number = (list, path) => [...list.children].forEach((item, at) => {
    const told = item.querySelector(".told") ?? item.appendChild(element("div", { class: "told" }));
    item.id = `${path}.${at}`;
    item.tabIndex = -1;
    told.id = `${item.id}-told`;
    told.dataset.told = item.id;
  });

  const add = (path, { id, label, note, kind, why }) => {
    const place = picker(path), list = place.querySelector("[data-picked]");
    if (all("[data-id]", list).some((item) => item.dataset.id === id)) return say(`${label} is there already`);
    const about = small([note, kind === "claim" && id].filter(Boolean).join(" "));
    const out = element("button", { type: "button", class: "switch", "data-take-out": "", "aria-label": `Remove ${label.slice(0, 80)}` }, "×");
    list.append(element("li", { class: kind === "concept" ? "chip" : "taken", "data-id": id }, hidden(path, id),
      element("span", { class: "name" }, label), " ", about, " ", out));
    place.querySelector("[data-candidates]")?.remove();
    if (path === "subjects") takeBack(id, false);
    number(list, path);
    say(`${label} added`);
    mark(place.parentElement);
    changed(list);
  };

  const takeOut = (item) => {
    const place = item.closest("[data-picker]"), list = item.parentElement;
    const next = item.nextElementSibling ?? item.previousElementSibling;
    say(`${item.querySelector(".name").textContent} removed`);
    item.remove();
    number(list, place.dataset.picker);
    (next?.querySelector("[data-take-out]") ?? place.querySelector("[data-offer]")).focus();
    mark(place.parentElement);
    changed(list);
  };

  // A field with one id: it shows the label, and a hidden field of its name has the id, or what is typed

  const sender = (box) => box.closest(".picker").querySelector("[data-sends]");
  const called = (box) => box.closest(".picker").querySelector("[data-called]");

  const dress = (box) => {
    const field = hidden(box.name, box.value);
    field.dataset.sends = "";
    box.closest(".picker").append(field);
    box.removeAttribute("name");
    if (!box.dataset.label) return;
    box.value = box.dataset.label;
    called(box).replaceChildren(...all("small, b", called(box)));
  };

  const set = (box, { id, label, note }) => {
    box.value = box.dataset.label = label;
    sender(box).value = id;
    called(box).replaceChildren(small(note));
    tell(box);
    say(`${label} chosen`);
    changed(sender(box));
  };

  const typedInto = (box) => {
    sender(box).value = box.value;
    box.dataset.label = "";
    called(box).replaceChildren();
    tell(box);
  };

  // What a relation says, read in both directions.
  const tell = (place) => {
    const assertion = place.closest("[data-assertion]");
    if (!assertion) return;
    const [subject, object] = all("[data-offer=one]", assertion).map((box) => box.dataset.label || box.value);
    const { forth, back } = assertion.querySelector("[data-relation]").selectedOptions[0]?.dataset ?? {};
    const sentence = assertion.querySelector("[data-sentence]");
    if (!subject || !object || !forth) return sentence.replaceChildren();
    const other = back ? [" ", element("span", { class: "back" }, `${object} ${back} ${subject}.`)] : [];
    sentence.replaceChildren(subject, " ", element("b", {}, forth), ` ${object}.`, ...other);
  };

  const take = (path, offered) => {
    const box = boxOf(path);
    if (box?.dataset.offer === "one") set(box, offered);
    else add(path, offered);
    box?.focus();
  };

  // Suggestions

  const values = (name) => named(name).map((field) => field.value).filter(Boolean);
  const sent = (form, fields) => {
    const body = new URLSearchParams();
    for (const [name, each] of Object.entries(fields)) for (const value of [each].flat()) body.append(name, value);
    const token = form?.elements.csrf_token?.value;
    if (token) body.append("csrf_token", token);
    return body;
  };
  const post = async (address, body, accept) => {
    const answer = await fetch(address, { method: "POST", body, headers: { Accept: accept } });
    if (!answer.ok || answer.redirected) throw new Error(answer.status);
    return answer;
  };
  const LOST = "This could not be loaded. What you typed is still here; reload the page to try again.";

  let suggesting = 0, settling;
  const later = () => {
    clearTimeout(settling);
    settling = setTimeout(suggest, SETTLED, true);
  };
  const suggest = async (patient) => {
    const place = document.querySelector("[data-suggest]");
    if (!place) return;
    if (patient && place.matches(":hover")) return later(); // nothing moves under the pointer
    const turn = ++suggesting, id = place.dataset.source;
    const fields = { title: values("title"), summary: values("summary"), subjects: values("subjects"), rejected: values("rejected"), id };
    if ("waits" in place.dataset) place.replaceChildren(element("p", { class: "note" }, "Looking for concepts …"));
    try {
      const text = await (await post(place.dataset.suggest, sent(place.closest("form"), fields), "text/html")).text();
      if (turn !== suggesting) return;
      const at = all("button", place).indexOf(document.activeElement);
      place.replaceChildren(...new DOMParser().parseFromString(text, "text/html").body.childNodes);
      if (at >= 0) (all("button", place)[at] ?? all("button", place).at(-1) ?? boxOf("subjects")).focus();
    } catch {
      if (turn === suggesting && "waits" in place.dataset) place.replaceChildren(element("p", { class: "note" }, LOST));
    }
    delete place.dataset.waits;
  };

  const gone = (item) => {
    const at = all("button", item).indexOf(document.activeElement);
    const next = item.nextElementSibling ?? item.previousElementSibling;
    item.remove();
    if (at >= 0) (next?.matches("[data-suggested]") ? all("button", next)[at] : boxOf("subjects")).focus();
  };

  const facts = (item) => {
    const head = item.querySelector(".head");
    return { id: item.dataset.suggested, label: head.querySelector("a").textContent, note: head.querySelector("small").textContent, kind: "concept" };
  };

  const accept = (item) => {
    clearTimeout(settling);
    add("subjects", facts(item));
    gone(item);
  };

  const rejected = () => document.querySelector("[data-rejected]");
  const count = () => {
    const fold = rejected(), number = fold.querySelector("[data-picked]").children.length;
    fold.hidden = !number;
    fold.querySelector("[data-count]").textContent = number;
  };

  const reject = (item) => {
    const { id, label, note } = facts(item), list = rejected().querySelector("[data-picked]");
    const back = element("button", { type: "button", class: "quiet", "data-take-back": id, "aria-label": `Take back ${label}` }, "take back");
    list.append(element("li", { class: "chip", "data-id": id }, hidden("rejected", id), element("span", { class: "name" }, label), " ", small(note), " ", back));
    number(list, "rejected");
    count();
    clearTimeout(settling);
    gone(item);
    say(`${label} rejected`);
    changed(list);
  };

  const takeBack = (id, again = true) => {
    const list = rejected()?.querySelector("[data-picked]");
    const item = list && [...list.children].find((each) => each.dataset.id === id);
    if (!item) return;
    const next = item.nextElementSibling ?? item.previousElementSibling;
    item.remove();
    number(list, "rejected");
    count();
    if (!again) return;
    (next?.querySelector("button") ?? boxOf("subjects")).focus();
    changed(list);
    suggest();
  };

  // Words of the work

  const check = async (button) => {
    const claim = button.closest("[data-claim]"), path = claim.dataset.claim, place = claim.querySelector("[data-checked]");
    const [quote] = named(`${path}.quote`), [locator] = named(`${path}.locator`);
    place.textContent = "Looking …";
    try {
      const body = sent(button.form, { id: button.dataset.source, words: quote.value });
      const { said, places } = await (await post(button.dataset.check, body, "application/json")).json();
      place.replaceChildren(said, " ");
      for (const each of places.filter((each) => each.locator && each.locator !== locator.value)) {
        place.append(element("button", { type: "button", class: "quiet", "data-locate": each.locator }, `Take ${each.locator} as the page`), " ");
      }
    } catch {
      place.textContent = LOST;
    }
  };

  const locate = (button) => {
    const [locator] = named(`${button.closest("[data-claim]").dataset.claim}.locator`);
    locator.value = button.dataset.locate;
    button.remove();
    locator.focus();
    changed(locator);
  };

  // Trees

  const dialog = () => document.getElementById("tree-dialog");
  const browse = (link) => {
    dialog().dataset.path = link.dataset.browse;
    dialog().showModal();
  };
  const unfold = async (branch) => {
    const place = branch.querySelector("div");
    if (!branch.open || place.childElementCount) return;
    try {
      const answer = await fetch(branch.dataset.branch, { headers: { Accept: "text/html" } });
      if (!answer.ok || answer.redirected) throw new Error(answer.status);
      place.replaceChildren(...new DOMParser().parseFromString(await answer.text(), "text/html").body.childNodes);
    } catch {
      place.textContent = LOST;
    }
  };

  // A concept that is proposed may be here under another name.
  let liking;
  const like = async (box) => {
    const place = box.closest("details").querySelector("[data-likes]"), text = box.value.trim();
    if (text.length < 3) return place.replaceChildren();
    try {
      const answer = await fetch(`${box.dataset.like}?q=${encodeURIComponent(text)}`);
      const found = (await answer.json()).filter((each) => each.choosable).slice(0, LIKE);
      if (text !== box.value.trim()) return;
      const offer = ({ id, label, note, why }) => element("li", {}, element("button", { type: "button", class: "quiet", "data-take": id, "data-label": label, "data-note": note }, label), " ", small([note, why].filter(Boolean).join(" · ")));
      place.replaceChildren(...(found.length ? [element("p", { class: "note" }, "Do you mean …?"), element("ul", { class: "chips" }, ...found.map(offer))] : []));
    } catch { /* no network: it is told when the form is sent */ }
  };

  const clicks = {
    "[data-take-out]": (button) => takeOut(button.closest("[data-id]")),
    "[data-anew]": () => suggest(),
    "[data-accept]": (button) => accept(button.closest("[data-suggested]")),
    "[data-reject]": (button) => reject(button.closest("[data-suggested]")),
    "[data-take-back]": (button) => takeBack(button.dataset.takeBack),
    "[data-check]": check,
    "[data-locate]": locate,
    "[data-browse]": browse,
    "[data-close]": () => dialog().close(),
    "#tree-dialog [data-take]": ({ dataset: { take: id, label, note } }) => {
      dialog().close();
      take(dialog().dataset.path, { id, label, note, kind: "concept" });
    },
    "[data-likes] [data-take]": (button) => {
      const { take: id, label, note } = button.dataset;
      const fold = button.closest("[data-propose]");
      for (const field of all("input, textarea, select", fold)) field.value = "";
      fold.querySelector("[data-likes]").replaceChildren();
      fold.open = false;
      take(fold.dataset.propose, { id, label, note, kind: "concept" });
    },
  };

  document.addEventListener("click", (event) => {
    if (event.detail > 1 && event.target.closest("[data-accept], [data-reject]")) return event.preventDefault(); // the next has moved there
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    for (const [selector, act] of Object.entries(clicks)) {
      const target = event.target.closest(selector);
      if (target) {
        event.preventDefault();
        return act(target);
      }
    }
  });
  document.addEventListener("kb:picked", ({ target, detail }) => {
    if (!target.isConnected) return;
    if (target.dataset.offer === "one") return set(target, detail);
    add(target.closest("[data-picker]").dataset.picker, detail);
  });
  document.addEventListener("keydown", (event) => {
    const { target, key, isComposing, defaultPrevented } = event;
    if (key !== "Enter" || isComposing || defaultPrevented || !target.matches("[data-offer], [data-like]")) return;
    event.preventDefault(); // it is no answer to the whole form
  });
  document.addEventListener("kb:unknown", ({ target, detail: text }) => {
    const told = document.getElementById(`${target.id}-told`);
    if (text) return told?.append(element("p", { class: "warning" }, `“${text}” was not added: type it again and choose from the list.`));
    target.closest("[data-picker]")?.querySelector("button[value^='add:']").click(); // the server says what it may be
  });
  document.addEventListener("input", ({ target }) => target.matches("[data-offer=one]") && sender(target) && typedInto(target), true);
  document.addEventListener("input", ({ target }) => {
    if (target.matches("[data-relation]")) tell(target);
    if (target.matches("[data-like]")) {
      clearTimeout(liking);
      liking = setTimeout(() => like(target), PAUSE);
    }
    if (["title", "summary"].includes(target.name)) later();
  });
  document.addEventListener("toggle", ({ target }) => target.matches?.("[data-branch]") && unfold(target), true);

  const begin = () => {
    mark(document);
    all("[data-offer=one][name]").forEach(dress);
    if (document.querySelector("[data-suggest][data-waits]")) suggest();
  };
  begin();
  document.addEventListener("kb:replaced", begin);
}
