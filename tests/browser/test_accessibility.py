"""What axe-core finds on each kind of page: light and dark, on a desk and on a phone."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from page_kinds import KINDS, MISTAKES, PAGES

from webapp import create_app

AXE = Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js"
WIDTHS, SCHEMES = (1440, 390), ("light", "dark")
NO_PAGES = {"static", "data.dump", "data.void", "data.examples", "data.version", "search.complete", "pages.healthz",
            "search.search_csv", "curate.kept", "pages.change"}  # fmt: skip  # files, data for programs, what leads on
# to a page, what was sent to be imported, which test_import_browser.py looks at, and changes: test_history_browser.py
FOR_PROGRAMS = {"linked", "crawlers", "changes"}  # blueprints
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# Everything that can be unfolded is, so that it is read too.
LOOK = """async (rules) => {
  for (const each of document.querySelectorAll('details')) each.open = true
  const found = await axe.run(document, { runOnly: { type: 'tag', values: rules }, resultTypes: ['violations'] })
  return found.violations.flatMap(({ id, impact, helpUrl, nodes }) =>
    nodes.map(node => `${id} (${impact}): ${node.target.join(' ')}: ${node.any.concat(node.all, node.none)
      .map(check => check.message).join('; ')} – ${helpUrl}`))
}"""


@pytest.fixture(scope="module")
def page(browser, site) -> Iterator[object]:
    page = browser.new_page(base_url=site)
    page.set_default_timeout(20_000)
    yield page
    page.close()


@pytest.fixture(scope="module")
def axe() -> str:
    if not AXE.is_file():
        pytest.skip("no axe-core here: npm could not be reached; to fetch it: npm ci, in tests/browser")
    return AXE.read_text(encoding="utf-8")


@pytest.mark.browser
@pytest.mark.parametrize("kind", [*KINDS, *MISTAKES])
def test_axe_finds_nothing_wrong_with_a_page(page, axe, kind):
    page.goto((KINDS | MISTAKES)[kind])
    assert not (wrong := violations(page, axe)), "\n".join(wrong)


@pytest.mark.browser
def test_axe_finds_nothing_wrong_with_a_list_of_ones_own(browser, site, axe):
    """A list by a link, as the pages above have it, has no fields to write in."""
    page = browser.new_page(base_url=site)
    page.goto(KINDS["list with a name"])
    page.get_by_role("button", name="Use as my list").click()
    page.get_by_label("Name of this list").wait_for()
    wrong = violations(page, axe)
    page.close()

    assert not wrong, "\n".join(wrong)


def violations(page, axe: str) -> list[str]:
    """What axe finds, and where it does."""
    page.evaluate(axe)  # the browser's own door for tools: the page's policy lets no such script in
    found: dict[str, list[str]] = {}
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            for violation in page.evaluate(LOOK, RULES):
                found.setdefault(violation, []).append(f"{width} {scheme}")

    return [f"{violation} [{', '.join(where)}]" for violation, where in found.items()]


@pytest.mark.browser
def test_axe_finds_what_is_wrong(page, axe):
    page.goto("/")
    page.evaluate("document.querySelector('main').innerHTML = '<img src=x><a href=/></a>'")
    page.evaluate(axe)

    assert {violation.split()[0] for violation in page.evaluate(LOOK, RULES)} >= {"image-alt", "link-name"}


def test_each_page_of_the_app_is_among_the_kinds_of_pages(base):
    app = create_app(base)
    addresses = app.url_map.bind("localhost")
    looked_at = {addresses.match(address.partition("?")[0].replace("%23", "#"))[0] for address in PAGES}
    pages = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ())
        and not rule.endpoint.endswith("_json")
        and rule.endpoint.partition(".")[0] not in FOR_PROGRAMS
        and (rule.endpoint.partition(".")[0] != "curate" or rule.endpoint in looked_at)
    }

    assert pages - NO_PAGES == looked_at
