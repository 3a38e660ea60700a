// Shows what a link or form on the same page leads to without loading the page anew: what is in [data-live] changes.
{
  const PAUSE = 250; // milliseconds after the last key before what is typed counts
  const LIVE = "[data-live]", PARTS = "[data-live], [data-live-too]";
  const regions = () => [...document.querySelectorAll(LIVE)];
  const address = (url = location) => url.pathname + url.search;
  let shown = address(), timer, asking;

  const ours = (url) => url.origin === location.origin && url.pathname === location.pathname && regions().length;

  const asked = (form, submitter) => {
    const url = new URL(form.action), fields = new FormData(form, submitter);
    const one = (name) => fields.getAll(name).length === 1; // of several of a name, an empty one keeps its place
    url.search = new URLSearchParams([...fields].filter(([name, value]) => value !== "" || !one(name)));
    return url;
  };

  // What the same thing is called on the page to come, so that it keeps the focus.
  const called = (element) => {
    const name = (key) => element.hasAttribute(key) && `[${key}="${CSS.escape(element.getAttribute(key))}"]`;
    if (element.id) return `#${CSS.escape(element.id)}`;
    const tag = element.localName;
    if (tag === "a") return name("href") && tag + name("href");
    return name("name") && tag + name("name") + (tag === "button" || /radio|checkbox/.test(element.type) ? name("value") || "" : "");
  };

  const said = (element) => element.textContent.replace(/[\s\d,.]/g, ""); // numbers change with the page

  const focus = (held, was, caret, region) => {
    const same = (each) => each.closest(PARTS) && (each.localName !== "a" || said(each) === said(held));
    const now = was && [...document.querySelectorAll(was)].find(same);
    if (now) {
      now.focus({ preventScroll: true });
      if (caret) now.setSelectionRange?.(...caret);
      return;
    }
    const first = region.querySelector("[data-focus]") ?? region.querySelector("h1, h2, h3") ?? region;
    first.tabIndex = -1;
    first.focus({ preventScroll: true });
  };

  const say = (status) => {
    status?.removeAttribute("role"); // told by the one place that readers of the screen watch already
    document.getElementById("said").textContent = status?.textContent.trim() ?? "";
  };

  // Put the parts of *page* in the place of ours; what one types into stays.
  const replace = (page, typed, back) => {
    const held = document.activeElement, caret = held.selectionStart != null && [held.selectionStart, held.selectionEnd];
    const lost = !typed && held.closest(PARTS), was = lost && called(held);
    const scrolled = [...document.querySelectorAll("[data-scrolls]")].map((box) => [box.id, box.scrollLeft, box.scrollTop]);
    for (const part of document.querySelectorAll(PARTS)) {
      const other = page.getElementById(part.id);
      if (other && !(typed && part.contains(held))) part.replaceWith(document.adoptNode(other));
    }
    for (const [id, left, top] of scrolled) document.getElementById(id)?.scrollTo(left, top);
    document.title = page.title;
    if (lost) focus(held, was, caret, regions()[0]);
    say(document.querySelector(`${LIVE} :is([data-status], [role=status])`));
    document.dispatchEvent(new CustomEvent("kb:replaced", { detail: { back } }));
  };

  const show = async (url, { typed = false, turned = false, scroll, back = false } = {}) => {
    clearTimeout(timer);
    asking?.abort();
    const { signal } = (asking = new AbortController());
    regions().forEach((region) => (region.ariaBusy = "true"));
    try {
      const answer = await fetch(url, { signal, headers: { Accept: "text/html" } });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (signal.aborted) return;
      if (new URL(answer.url).pathname !== location.pathname) throw new Error("led elsewhere");
      if (!regions().every((region) => page.getElementById(region.id))) throw new Error("another kind of page");
      if (answer.redirected) url.search = new URL(answer.url).search;
      remember(url, typed, back);
      replace(page, typed, back);
    } catch (error) {
      if (signal.aborted) return;
      return back ? location.reload() : location.assign(url);
    }
    const [region] = regions();
    if (turned && region.getBoundingClientRect().top < 0) region.scrollIntoView();
    if (url.hash && !back) document.getElementById(decodeURIComponent(url.hash.slice(1)))?.scrollIntoView();
    if (scroll != null) scrollTo(0, scroll);
  };

  // What is typed letter by letter is one step back, not many.
  const remember = (url, typed, back) => {
    shown = address(url);
    if (back) return;
    const more = typed && history.state?.typed;
    if (!more) history.replaceState({ ...history.state, scroll: scrollY }, "");
    history[more || url.href === location.href ? "replaceState" : "pushState"]({ typed }, "", url);
  };

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href]");
    const modified = event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey;
    if (!(link instanceof HTMLAnchorElement) || !link.closest(PARTS) || event.defaultPrevented || modified) return;
    if (link.hasAttribute("download") || (link.target && link.target !== "_self")) return;
    const url = new URL(link.href);
    if (!ours(url) || (url.hash && address(url) === shown)) return;
    event.preventDefault();
    show(url, { turned: /\b(next|prev)\b/.test(link.rel) });
  });

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "get" || form.target || !ours(new URL(form.action))) return;
    event.preventDefault();
    show(asked(form, event.submitter));
  });

  document.addEventListener("input", ({ target }) => {
    const form = target.closest("form[data-live-typed]");
    if (!form || !ours(new URL(form.action))) return;
    clearTimeout(timer);
    timer = setTimeout(() => show(asked(form), { typed: true }), PAUSE);
  });

  window.addEventListener("popstate", ({ state }) => {
    if (!regions().length) return;
    if (address() !== shown) return show(new URL(location), { back: true, scroll: state?.scroll });
    asking?.abort(); // there and back again before the answer came: what is shown is right
    regions().forEach((region) => region.removeAttribute("aria-busy"));
  });
}
