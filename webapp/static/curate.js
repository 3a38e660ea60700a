// The form for a source: keeps what is typed as a draft on the server, and in the browser while the server does not
// answer; shows what is wrong, how the work is cited and what it may be the same as; does what buttons say in place.
{
  const PAUSE = 800, LONGEST = 4_000, SLOW = 800, PATIENCE = 20_000, AGAIN = [3_000, 10_000, 30_000]; // milliseconds
  const sheet = () => document.getElementById("sheet");
  const place = (id) => document.getElementById(id);
  const say = (text) => (place("said").textContent = text);
  const element = (name, attributes, ...content) => {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.append(...content);
    return made;
  };
  const clock = (when) => `${new Date(when).toISOString().slice(0, 16).replace("T", " ")} UTC`; // as in the page

  let typed = 0, kept = 0; // how often something was typed, and up to which of these the server has it
  let timer, failures = 0, quiet = false, line = Promise.resolve(); // requests go one after the other

  // A copy in the browser, of what the server has not got yet

  const store = () => `kb-draft ${sheet().dataset.account} ${location.pathname}`;
  const remembered = () => {
    try {
      return JSON.parse(localStorage.getItem(store()));
    } catch {
      return null;
    }
  };
  const remember = () => {
    const fields = [...new FormData(sheet())].filter(([name]) => name !== "csrf_token");
    try {
      localStorage.setItem(store(), JSON.stringify({ when: Date.now(), fields }));
    } catch { /* nothing can be stored here: what is typed stands in the form */ }
  };
  const forget = () => {
    try {
      localStorage.removeItem(store());
    } catch { /* as above */ }
  };

  // Sending

  const send = (body, accept) => fetch(sheet().action, {
    method: "POST", body, headers: { Accept: accept }, signal: AbortSignal.timeout(PATIENCE),
  });

  const fields = (submitter) => {
    const body = new FormData(sheet(), submitter);
    if (!body.has("do")) body.append("do", "keep");
    return body;
  };

  // One request at a time: each names the revision that the one before has made.
  const next = (act) => (line = line.then(act));

  const keep = () => next(async () => {
    clearTimeout(timer);
    if (!sheet() || kept === typed) return;
    since = 0;
    const now = typed, body = fields();
    body.set("do", "keep");
    try {
      const answer = await send(body, "application/json");
      const told = /json/.test(answer.headers.get("Content-Type") ?? "") ? await answer.json() : {};
      if (answer.redirected || !("problems" in told)) return refused(answer, told);
      settle(told);
      if (!told.saved) return lost(told.detail);
      kept = now;
      found();
      tellKept(told.saved);
      if (kept === typed) forget();
    } catch {
      lost("The server does not answer.");
    }
  });

  const refused = async (answer, told) => {
    if ((answer.status === 403 || answer.status === 400) && told.csrf_token) {
      for (const each of document.querySelectorAll("[name=csrf_token]")) each.value = told.csrf_token;
      return soon(0);
    }
    if (answer.redirected || answer.status === 401 || told.login) return loggedOut(told.login);
    lost(told.detail ?? `The server answers with ${answer.status}.`);
  };

  const soon = (wait) => {
    clearTimeout(timer);
    timer = setTimeout(keep, wait);
  };

  // While one goes on typing, it is sent now and then too.
  let since = 0; // when the first was typed that is not sent
  const pause = () => {
    since ||= Date.now();
    soon(Date.now() - since > LONGEST ? 0 : PAUSE);
  };

  // What is told

  const tell = (text) => {
    place("kept").textContent = text;
    say(text);
  };

  const tellKept = (when) => {
    const text = `Kept as draft: ${clock(when)}`;
    place("kept").textContent = text;
    if (!quiet) say(text); // once, not at each pause
    quiet = true;
  };

  const unsent = (...content) => {
    const box = place("unsent");
    box.replaceChildren(...content);
    box.hidden = false;
    place("kept").textContent = "Not saved";
  };

  const lost = (why) => {
    remember();
    const text = `Not saved: ${why ?? ""} Your input is kept here, and is sent again by itself.`;
    if (!failures) say(text);
    unsent(text);
    soon(AGAIN[Math.min(failures++, AGAIN.length - 1)]);
  };

  const loggedOut = (address) => {
    remember();
    const link = element("a", { href: address ?? "/login", target: "_blank", rel: "opener" }, "Log in in a new tab");
    const again = element("button", { type: "button", class: "quiet", "data-again": "" }, "I am logged in: go on");
    if (!failures) say("Not saved: you are logged out. Your input is kept here.");
    failures++;
    unsent("Not saved: you are logged out. Your input is kept here. ", link, ", then go on. ", again);
  };

  const found = () => {
    if (failures) say("Saved again");
    failures = 0;
    const box = place("unsent");
    if (!box.querySelector("[data-put]")) box.hidden = true;
  };

  const settle = (told) => {
    sheet().elements.revision.value = told.revision;
    sheet().elements.was.value = told.was;
    place("citation").textContent = told.citation;
    tellProblems(told.problems);
    tellDuplicates(told.duplicates);
    const id = place("id");
    if (id) id.placeholder = told.id;
  };

  const severe = ({ severity }) => severity === "error";
  const word = (problem) => element("b", {}, severe(problem) ? "Error:" : "To look at:");
  const some = (count, one, many) => `${count} ${count === 1 ? one : many}`;

  const tellProblems = (problems) => {
    const shown = byPath(problems);
    for (const box of document.querySelectorAll("[data-told]")) {
      const here = shown[box.dataset.told] ?? [];
      box.replaceChildren(...here.map((each) => element("p", { class: each.severity }, word(each), ` ${each.message}`, each.hint ? `. ${each.hint[0].toUpperCase()}${each.hint.slice(1)}` : "")));
      for (const field of document.querySelectorAll(`[aria-describedby~="${CSS.escape(box.id)}"]`)) {
        if (field.matches("input, select, textarea")) field[here.some(severe) ? "setAttribute" : "removeAttribute"]("aria-invalid", "true");
      }
    }
    const errors = problems.filter(severe), others = problems.filter((each) => !severe(each));
    const box = place("problems");
    box.classList.toggle("some", problems.length > 0);
    if (place("to-problems")) place("to-problems").hidden = !problems.length;
    box.querySelector("h2").textContent = errors.length ? `${some(errors.length, "error", "errors")} to mend before it can be saved`
      : others.length ? `${some(others.length, "thing", "things")} to look at` : "Nothing is wrong";
    box.querySelector("ul").replaceChildren(...[...errors, ...others].map((each) => element("li", { class: each.severity }, word(each), " ",
      ...(each.path ? [element("a", { href: `#${each.path}` }, each.place), ": "] : []), each.message)));
  };
  const byPath = (problems) => {
    const made = {};
    for (const each of problems) (made[each.path] ??= []).push(each);
    return made;
  };

  const tellDuplicates = (duplicates) => {
    const box = place("duplicates"), before = box.querySelectorAll("li").length;
    box.replaceChildren(...(duplicates.length ? [element("h2", {}, "Is it here already?"),
      element("ul", {}, ...duplicates.map(({ url, citation, why }) => element("li", {}, element("a", { href: url, target: "_blank" }, citation), " ", element("span", { class: "note" }, why))))] : []));
    if (duplicates.length && !before) say(`This work may be here already: ${duplicates[0].citation}`);
  };

  // Buttons

  // Do what *submitter* says and show the form that comes back, without loading the page anew.
  const operate = (submitter) => next(async () => {
    clearTimeout(timer);
    const body = fields(submitter), now = typed, held = document.activeElement?.id;
    sheet().inert = true;
    const slow = setTimeout(() => tell("Working …"), SLOW);
    try {
      const answer = await send(body, "text/html");
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const other = page.getElementById("sheet");
      if (!other || answer.status === 401) return refusedPage(submitter);
      replace(other, page, new URL(answer.url).searchParams.get("at") || other.dataset.at, submitter, held);
      if (/^(2|422|400)/.test(answer.status)) kept = now;
      else remember();
      if (kept === typed) forget();
      found();
    } catch {
      typed++;
      lost("The server does not answer.");
    } finally {
      clearTimeout(slow);
      if (sheet()) sheet().inert = false;
    }
  });

  const refusedPage = (submitter) => {
    remember();
    typed++;
    sheet().inert = false;
    submitter?.focus();
    soon(0); // which tells why
  };

  const replace = (other, page, at, submitter, held) => {
    const value = submitter?.value;
    const open = [...document.querySelectorAll("#sheet details[open]")].map(path).filter(Boolean);
    sheet().replaceWith(document.adoptNode(other));
    document.title = page.title;
    for (const details of document.querySelectorAll("#sheet details")) details.open ||= open.includes(path(details));
    document.dispatchEvent(new CustomEvent("kb:replaced", { detail: {} }));
    focus(value, at, held);
    const notice = place("notice");
    say(notice?.textContent ?? document.querySelector("#sheet .told .error")?.textContent ?? "");
  };

  // What a part that folds is called: its words, and the fieldset that it is in.
  const path = (details) => details.id || `${details.closest("fieldset[id]")?.id} ${details.querySelector("summary")?.textContent}`;

  const focus = (value = "", at = "", held = "") => {
    const [verb] = value.split(":"), target = at && place(at);
    const box = at && place(`${at}.add`);
    unfold(target);
    const first = target?.matches("input, select, textarea") ? target
      : verb === "add" || verb === "keep" ? box ?? target?.querySelector("input:not([type=hidden]), textarea, select") : null;
    const same = [...document.querySelectorAll("#sheet button")].find((each) => each.value === `${verb}:${at}`);
    const now = place("notice") ?? first ?? (verb === "up" || verb === "down" ? same : null) ?? box ?? target ?? (held && place(held)) ?? place("kept");
    to(now);
  };

  const unfold = (target) => {
    for (let fold = target?.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
  };

  // Go to a place of the form: what folds it away is opened.
  const to = (target) => {
    if (!target) return;
    unfold(target);
    if (!target.matches("a[href], button, input, select, textarea, [tabindex]")) target.tabIndex = -1;
    target.focus({ preventScroll: true });
    target.scrollIntoView({ block: "nearest" });
  };

  const inPlace = (submitter) => !submitter || (submitter.name === "do" && !["preview", "save", "discard", "merge"].includes(submitter.value));

  // Go to another page, once the server has what was typed.
  let leaving = false;
  const leave = async (event, submitter) => {
    if (submitter.value === "discard") {
      forget();
      kept = typed;
    }
    if (leaving || kept === typed) return;
    event.preventDefault();
    await keep();
    if (kept !== typed) return place("unsent").scrollIntoView({ block: "nearest" });
    leaving = true;
    sheet().requestSubmit(submitter);
    leaving = false;
  };

  // Words that were kept here and are not at the server

  const offer = () => {
    const copy = remembered();
    if (!copy) return;
    const ours = JSON.stringify(copy.fields.filter(([name]) => name !== "revision" && name !== "was"));
    const here = JSON.stringify([...new FormData(sheet())].filter(([name]) => !["csrf_token", "revision", "was"].includes(name)));
    if (ours === here) return forget();
    unsent(`What you typed here until ${clock(copy.when)} did not reach the server. `,
      element("button", { type: "button", class: "quiet", "data-put": "back" }, "Put it back"), " ",
      element("button", { type: "button", class: "quiet", "data-put": "away" }, "Throw it away"));
    place("kept").textContent = "";
  };

  const putBack = () => next(async () => {
    const body = new FormData();
    for (const [name, value] of remembered()?.fields ?? []) if (name !== "do") body.append(name, value);
    body.set("csrf_token", sheet().elements.csrf_token.value);
    body.append("do", "keep");
    try {
      const answer = await send(body, "application/json");
      const told = await answer.json();
      if (!told.saved) return refused(answer, told);
      forget();
      typed = kept;
      location.reload();
    } catch {
      lost("The server does not answer.");
    }
  });

  // What happens

  const changed = () => {
    typed++;
    remember();
    pause();
  };

  document.addEventListener("input", ({ target }) => {
    if (!target.closest("#sheet") || target.name === "type") return;
    changed();
  });
  document.addEventListener("change", ({ target }) => {
    if (!target.closest("#sheet")) return;
    if (target.name !== "type") return;
    typed++;
    operate(); // another kind of work has other fields
  });
  document.addEventListener("submit", (event) => {
    const { target, submitter } = event;
    if (target !== sheet()) return; // its id may be hidden by a field called so
    if (submitter?.ariaDisabled === "true") return event.preventDefault();
    if (!inPlace(submitter)) return leave(event, submitter);
    event.preventDefault();
    typed++;
    operate(submitter);
  });
  document.addEventListener("click", (event) => {
    const { target } = event;
    if (target.closest("[data-again]")) soon(0);
    const link = target.closest("#problems a[href^='#']");
    if (link) {
      event.preventDefault();
      to(place(decodeURIComponent(link.hash.slice(1))));
    }
    const put = target.closest("[data-put]")?.dataset.put;
    if (put === "back") putBack();
    if (put === "away") {
      forget();
      place("unsent").hidden = true;
      place("kept").focus?.();
    }
  });
  addEventListener("online", () => failures && soon(0));
  addEventListener("focus", () => failures && soon(0)); // back from logging in
  addEventListener("beforeunload", (event) => kept !== typed && event.preventDefault());
  document.documentElement.classList.add("scripted");
  if (sheet()) offer();
}
