// Finds examples, and makes the query's text an editor (Yasqe) that knows our prefixes, terms and concepts.
// The form works without. It alone sends queries: the editor asks nobody, and keeps nothing.
const form = document.querySelector("form.sparql");
const drawer = document.querySelector(".drawer");

/* Examples to start from */

function findExamples() {
  const box = drawer.querySelector("input");
  const none = drawer.querySelector("[role=status]");
  box.hidden = false;
  box.addEventListener("input", () => {
    const wanted = box.value.toLowerCase().split(/\s+/);
    for (const item of drawer.querySelectorAll("li")) {
      const text = `${item.textContent} ${item.dataset.words}`.toLowerCase();
      item.hidden = !wanted.every((word) => text.includes(word));
    }
    for (const group of drawer.querySelectorAll("section")) group.hidden = !group.querySelector("li:not([hidden])");
    none.hidden = Boolean(drawer.querySelector("li:not([hidden])"));
  });
}

/* The editor */

const SKIPPED = // IRIs, strings and comments, where no prefix stands
  /<[^<>"{}|^`\\\s]*>|"""[^]*?"""|'''[^]*?'''|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|#.*/g;
const NAMED = /^[A-Za-z][\w-]*:[\w-]*$/; // what completes while it is typed
const CALLED = /^[A-Za-z][\w-]*$/; // what completes on Ctrl+Space
const LISTED = 50;

function makeEditor({ prefixes, words, complete }) {
  const area = form.querySelector("textarea");
  const labels = new Map();

  async function suggest(yasqe, token) {
    const typed = token.string.trim();
    const [prefix, rest] = typed.includes(":") ? typed.split(":") : ["", typed];
    const low = rest.toLowerCase();
    const local = (id) => id.slice(id.indexOf(":") + 1).toLowerCase();
    const found = words.filter(
      ([id, label]) => (!prefix || id.startsWith(`${prefix}:`)) && `${local(id)} ${label.toLowerCase()}`.includes(low),
    );
    const typeWanted = /(^|\s)(a|rdf:type)\s+$/.test(yasqe.getLine(yasqe.getCursor().line).slice(0, token.start));
    const isClass = (id) => /:[A-Z]/.test(id);
    const fit = (id) => 2 * (isClass(id) === typeWanted) + local(id).startsWith(low);
    found.sort(([a], [b]) => fit(b) - fit(a)); // of those that fit as well, the most used stay first
    if (["", "concept", "source"].includes(prefix)) found.push(...(await things(prefix || "concept", rest)));
    for (const [id, label] of found) labels.set(id, label);
    return found.map(([id]) => id).filter((id) => id !== typed).slice(0, LISTED);
  }

  // Concepts or works by their names; an id that is typed out begins with a word that no name has.
  async function things(kind, typed) {
    for (const text of [typed, typed.replace(/^[^-]*-/, "")]) {
      if (text.length < 2) continue;
      const answer = await fetch(`${complete}?kind=${kind}&q=${encodeURIComponent(text.replaceAll("-", " "))}`);
      const found = answer.ok ? await answer.json() : [];
      if (found.length) return found.map(({ id, label, note }) => [`${kind}:${id}`, [label, note].filter(Boolean).join(" · ")]);
    }
    return [];
  }

  function withLabels(_, hints) {
    for (const hint of hints) {
      hint.render = (item) => {
        const label = document.createElement("small");
        label.textContent = labels.get(hint.text);
        item.append(hint.text, label);
      };
    }
    return hints;
  }

  const common = { bulk: false, get: suggest, postprocessHints: withLabels };
  for (const [name, pattern] of Object.entries({ named: NAMED, called: CALLED })) {
    const fits = (yasqe) => pattern.test(yasqe.getCompleteToken().string.trim());
    Yasqe.registerAutocompleter({ ...common, name, isValidCompletionPosition: fits, autoShow: pattern === NAMED }, false);
  }
  const declarations = Object.entries(prefixes).map(([prefix, iri]) => `${prefix}: <${iri}>`);
  Yasqe.forkAutocompleter("prefixes", { name: "prefix", get: declarations, onInitialize: undefined, persistenceId: null }, false);
  Yasqe.defaults.autocompleters = ["variables", "prefix", "named", "called"]; // in place of those that ask elsewhere

  const run = () => form.requestSubmit();
  const place = document.createElement("div");
  area.before(place);
  const yasqe = new Yasqe(place, {
    value: area.value.trimEnd(),
    persistenceId: null, consumeShareLink: null, createShareableLink: null, // the address of the page is the link
    showQueryButton: false, resizeable: false, editorHeight: "auto", viewportMargin: Infinity,
    collapsePrefixesOnLoad: Boolean(document.getElementById("result")) || matchMedia("(max-width: 40rem)").matches,
    inputStyle: "contenteditable", screenReaderLabel: "Query",
    requestConfig: { endpoint: form.action, method: "GET" },
    extraKeys: { "Ctrl-Enter": run, "Cmd-Enter": run, "Ctrl-S": false, Tab: false, "Shift-Tab": false }, // Tab leaves
  });

  function declare() {
    const bare = yasqe.getValue().replace(SKIPPED, " ");
    const declared = new Set(Array.from(bare.matchAll(/\bPREFIX\s+([\w-]*):/gi), ([, prefix]) => prefix));
    const used = new Set(Array.from(bare.matchAll(/(?<![\w:?$@-])([A-Za-z][\w-]*):/g), ([, prefix]) => prefix));
    const missing = [...used].filter((prefix) => Object.hasOwn(prefixes, prefix) && !declared.has(prefix)).sort();
    if (!missing.length) return;
    let line = 0;
    while (/^\s*#/.test(yasqe.getLine(line) ?? "")) line++;
    const text = missing.map((prefix) => `PREFIX ${prefix}: <${prefixes[prefix]}>\n`).join("");
    yasqe.replaceRange(text, { line, ch: 0 });
    yasqe.autocomplete(true); // the lines above have moved what was being completed
  }

  function showMistake({ line, column }) {
    const at = { line: line - 1, ch: Math.max(column - 1, 0) };
    yasqe.addLineClass(at.line, "background", "mistaken");
    yasqe.setCursor(at);
    const clear = () => yasqe.removeLineClass(at.line, "background", "mistaken");
    yasqe.on("change", clear);
  }

  area.hidden = true;
  area.required = false;
  form.querySelector("label").removeAttribute("for");
  form.querySelector("[hidden].note").hidden = false;
  form.addEventListener("submit", () => {
    declare();
    area.value = yasqe.getValue();
  });
  yasqe.on("changes", (_, changes) => {
    if (changes.every(({ origin }) => origin !== "undo" && origin !== "redo")) declare();
  });
  const mistake = document.querySelector("pre[data-line]");
  if (mistake) showMistake(mistake.dataset);
}

findExamples();
if (window.Yasqe) makeEditor(JSON.parse(form.dataset.known));
