"""The query editor in a real browser: what it completes, what an example leads to, and that it asks nobody else."""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest

import webapp

if not (Path(webapp.__file__).parent / "static" / "vendor" / "yasqe.min.js").is_file():
    pytest.skip("no editor here: an install could not reach npm", allow_module_level=True)

pytestmark = pytest.mark.browser
CLAIMS = "PREFIX pkb: <https://w3id.org/partnership-kb/ns#>\nSELECT * { ?claim a pkb:Claim }"
MOST = "Which concepts have most claims?"
NONE = "SELECT * { ?s <http://example.org/none> ?o }"


@pytest.fixture
def opened(browser, site) -> Iterator[object]:
    """A function that opens the editor; what the browser complains of, or asks elsewhere, fails the test."""
    contexts, complaints = [], []

    def open(query: str = "", **options):
        context = browser.new_context(base_url=site, **options)
        contexts.append(context)
        context.set_default_timeout(30_000)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda request: None if request.url.startswith(site) else complaints.append(request.url))
        page.goto("/sparql" + (f"?{urlencode({'query': query})}" if query else ""))
        return page

    yield open
    for context in contexts:
        context.close()
    assert [text for text in complaints if "status of 400" not in text] == []


def write(page, text: str, first: str = "Control+A"):
    """Type *text* into the editor, in place of what is there unless another key is pressed *first*."""
    page.locator(".CodeMirror-code").click()
    page.keyboard.press(first)
    page.keyboard.type(text)


def written(page) -> str:
    return page.evaluate("document.querySelector('.CodeMirror').CodeMirror.getValue()")


def test_the_editor_stands_in_place_of_the_text(opened):
    page = opened(CLAIMS)

    assert page.locator(".CodeMirror .cm-keyword").first.inner_text() == "PREFIX"
    assert page.locator("textarea[name=query]").is_hidden()
    assert page.get_by_label("Query").is_visible()


def test_a_known_prefix_is_declared_when_it_is_typed(opened):
    page = opened("# a title\nSELECT * { ?s ?p ?o }")
    write(page, "SELECT * { ?s skos:broader ?o # pkb: is none, nor is 'dcterms:' \n }")

    assert written(page).startswith("PREFIX skos: <http://www.w3.org/2004/02/skos/core#>\nSELECT")
    assert written(page).count("PREFIX") == 1


def test_a_declared_prefix_goes_when_it_is_undone(opened):
    page = opened(CLAIMS)
    write(page, "SELECT * { ?s skos:")
    page.wait_for_selector(".CodeMirror-hints")
    page.keyboard.press("Escape")
    page.locator(".CodeMirror-code").click()
    page.keyboard.press("Control+Z")

    assert "PREFIX skos" not in written(page)


def test_a_prefix_offers_its_classes_where_a_type_is_wanted(opened):
    page = opened(CLAIMS)
    write(page, "SELECT * { ?s a pkb:")
    first = page.locator(".CodeMirror-hint").first.inner_text()
    page.keyboard.type("clai")
    page.locator(".CodeMirror-hint", has_text="pkb:Claim").first.wait_for()
    page.wait_for_function("!document.querySelector('.CodeMirror-hints').textContent.includes('pkb:Source')")
    page.keyboard.press("Enter")

    assert re.match("pkb:[A-Z]", first)
    assert written(page).endswith("?s a pkb:Claim")


def test_a_word_offers_terms_that_are_called_so(opened):
    page = opened(CLAIMS)
    write(page, "SELECT * { ?s basis")
    page.keyboard.press("Control+Space")
    page.locator(".CodeMirror-hint", has_text="pkb:basis").first.click()

    assert written(page).endswith("?s pkb:basis")


def test_a_concept_is_found_by_its_name(opened):
    page = opened(CLAIMS)
    write(page, "SELECT * { ?s ?p concept:imbal")
    page.locator(".CodeMirror-hint", has_text="Power imbalance").first.wait_for()
    page.keyboard.press("Enter")

    assert written(page).endswith("?p concept:barrier-power-imbalance")


def test_an_example_is_found_and_run(opened):
    page = opened()
    page.get_by_label("Find an example").fill("most concept claims chart")
    shown = page.locator(".drawer li:visible")
    count, title = shown.count(), shown.first.inner_text()
    shown.first.get_by_role("link").click()
    page.wait_for_url("**query=**")

    assert (count, title) == (1, MOST)
    assert written(page).startswith(f"# {MOST}")
    assert page.locator(".result td").count() > 0


def test_a_result_leads_to_our_own_pages(opened, site):
    page = opened(CLAIMS)
    page.locator(".result td a").first.click()

    page.wait_for_url(f"{site}source/*#c*")


def test_the_keyboard_runs_a_query_and_leaves_the_editor(opened):
    page = opened(CLAIMS)
    write(page, "ASK {}")
    page.keyboard.press("Tab")
    left = page.locator(":focus").inner_text()
    page.locator(".CodeMirror-code").click()
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**ASK**")

    assert left == "Run"
    assert page.locator(".truth").inner_text() == "yes"


def test_a_mistake_is_shown_at_its_line(opened):
    page = opened("ASK {\n  ?s none:such ?o\n}")

    assert "line 2" in page.get_by_role("alert").inner_text()
    assert page.locator(".CodeMirror-code > div:has(.mistaken)").inner_text().endswith("?s none:such ?o")


def test_nothing_is_kept_in_the_browser(opened):
    page = opened(CLAIMS)
    write(page, "ASK { ?s a pkb:Cl }")
    page.locator("h1").click()

    assert page.evaluate("[localStorage.length, sessionStorage.length, document.cookie]") == [0, 0, ""]


def test_all_works_without_javascript(opened):
    page = opened(java_script_enabled=False)
    page.get_by_label("Query").fill("SELECT ?n WHERE { BIND(6 * 7 AS ?n) }")
    page.get_by_role("button", name="Run").click()
    page.wait_for_url("**query=**")
    answer = page.locator("td").first.inner_text()
    page.get_by_text("Cite this data set and query").click()
    page.get_by_text("Examples to start from").click()
    page.get_by_role("link", name=MOST).click()
    page.wait_for_url("**keywords**")

    assert answer == "42"
    assert page.locator(".result td a").count() > 0


@pytest.mark.parametrize("query", ["", CLAIMS, NONE, "ASK {"], ids=["start", "rows", "empty", "mistake"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_a_phone_and_reads_well(opened, query, scheme):

    page = opened(query, viewport={"width": 390, "height": 844}, color_scheme=scheme)
    write(page, "\nskos:", first="Control+End")
    page.wait_for_selector(".CodeMirror-hints")

    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.evaluate(PALE_TEXT) == []


def test_only_our_own_scripts_may_run(opened, site):
    page = opened(CLAIMS)
    policy = page.request.get(f"{site}sparql", headers={"Accept": "text/html"}).headers["content-security-policy"]

    assert "default-src 'self'" in policy
    assert not re.search("unsafe|data:|https?:", policy)


# Texts whose contrast to what is painted behind them is below 4.5 : 1 (WCAG 2.2, 1.4.3).
PALE_TEXT = """() => {
  const channel = v => (v /= 255) <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4
  const light = c => .2126 * channel(c[0]) + .7152 * channel(c[1]) + .0722 * channel(c[2])
  const colour = text => text.match(/[\\d.]+/g).map(Number)
  const behind = e => {
    for (; e; e = e.parentElement) {
      const c = colour(getComputedStyle(e).backgroundColor)
      if (c.length < 4 || c[3] > 0) return c
    }
  }
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), found = new Set()
  for (let node; node = walker.nextNode();) {
    if (!node.textContent.trim() || !node.parentElement.checkVisibility()) continue
    const pair = [light(colour(getComputedStyle(node.parentElement).color)), light(behind(node.parentElement))]
    if ((Math.max(...pair) + .05) / (Math.min(...pair) + .05) < 4.5) found.add(node.textContent.trim().slice(0, 40))
  }
  return [...found]
}"""
