"""Importing in a browser: a file is looked at, some of it chosen and added, by keyboard and without JavaScript."""

import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from conftest import watched
from test_accessibility import axe, violations  # noqa: F401 – a fixture
from writing import log_in_by_hand, serving

from kb import KnowledgeBase

pytestmark = pytest.mark.browser

NEW = "TY  - JOUR\nTI  - Ferries and neighbours\nAU  - Ferrier, Ann\nPY  - 2015\nAB  - Power imbalance.\nER  -\n"
KNOWN = "TY  - JOUR\nTI  - Who pays and who decides\nAU  - Testwell, T.\nPY  - 2010\nVL  - 4\nIS  - 2\nER  -\n"
LACKING = "TY  - BOOK\nAU  - Sailor, Cy\nER  -\n"
BROKEN = "TY  - JOUR\nER  -\n"
BUTTON = "Show what is in it"


@pytest.fixture(scope="module")
def refs(tmp_path_factory) -> Path:
    file = tmp_path_factory.mktemp("brought") / "refs.ris"
    file.write_text("\n".join([NEW, KNOWN, LACKING, BROKEN]))
    return file


@pytest.fixture
def writing(base, stub_encoder, tmp_path) -> Iterator[tuple[str, KnowledgeBase]]:
    """The address of a server that adds sources, and the base beneath."""
    copy = KnowledgeBase(shutil.copytree(base.home.folder, tmp_path / "home"), encoder=stub_encoder)
    yield serving(copy), copy


def wait_for(come: Callable[[], bool]) -> None:
    """Return when the server has built what was added."""
    until = time.monotonic() + 60
    while not come():
        assert time.monotonic() < until
        time.sleep(0.1)


def shown(page, refs: Path) -> None:
    """Send a file and wait for what it holds."""
    page.goto("/curate/import")
    page.get_by_label("Files").set_input_files(refs)
    page.get_by_role("button", name=BUTTON).click()
    page.locator("h1#result").wait_for()


def test_axe_finds_nothing_wrong_with_what_a_file_holds_and_with_what_was_added(browser, writing, refs, axe):  # noqa: F811
    site, _ = writing
    with watched(browser, site) as page:
        log_in_by_hand(page)
        shown(page, refs)
        found = violations(page, axe)
        page.get_by_role("button", name="Add 1 source").click()
        page.get_by_role("heading", name="1 source added").wait_for()
        found += violations(page, axe)

    assert not found, "\n".join(found)


def test_what_was_chosen_is_added_and_soon_has_its_page(browser, writing, refs):
    site, base = writing
    with watched(browser, site) as page:
        log_in_by_hand(page)
        shown(page, refs)
        assert page.locator("article").count() == 4
        assert page.evaluate("document.activeElement.id") == "result"
        page.reload()
        button = page.locator("[data-count]")
        assert button.inner_text() == "Add 1 source"
        page.get_by_label("take it: issue of testwell-2010").check()
        assert button.inner_text() == "Add 1 source and change 1 field"
        page.get_by_label("Ferrier, A. (2015). Ferries and neighbours.").uncheck()
        assert button.inner_text() == "Change 1 field"
        page.get_by_label("take it: issue of testwell-2010").uncheck()
        assert button.is_disabled()
        page.get_by_label("Ferrier, A. (2015). Ferries and neighbours.").check()
        button.click()
        page.get_by_role("heading", name="1 source added").wait_for()
        assert page.evaluate("document.activeElement.id") == "result"
        wait_for(lambda: base.has("source", "ferrier-2015"))
        page.get_by_role("link", name="Ferrier, A. (2015).").click()
        page.get_by_role("heading", name="Ferries and neighbours").wait_for()

    assert "issue" not in base.corpus["testwell-2010"].data


def test_a_pasted_text_is_added_by_keyboard_and_without_javascript(browser, writing):
    site, base = writing
    with watched(browser, site, java_script_enabled=False) as page:
        log_in_by_hand(page, next="/curate/import")
        page.get_by_label("Or paste a text").fill(NEW)
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.get_by_role("heading", name="1 record").wait_for()
        page.get_by_role("button", name="Add what is checked").press("Enter")
        page.get_by_role("heading", name="1 source added").wait_for()

    assert base.corpus["ferrier-2015"].data["title"] == "Ferries and neighbours"


def test_without_writable_a_file_is_looked_at_alone(browser, site, refs):
    with watched(browser, site, viewport={"width": 390, "height": 800}) as page:
        shown(page, refs)
        wide = page.evaluate("document.documentElement.scrollWidth")
        boxes = page.get_by_role("checkbox").count()

    assert wide == 390 and boxes == 0


def test_a_mistake_has_the_focus_and_the_text_stays(browser, site):
    page = browser.new_page(base_url=site)
    page.goto("/curate/import")
    page.get_by_label("Or paste a text").fill("@book{reeds,")
    page.get_by_role("button", name=BUTTON).click()
    page.get_by_role("alert").wait_for()
    focused, text = page.evaluate("document.activeElement.id"), page.get_by_label("Or paste a text").input_value()
    page.close()

    assert (focused, text) == ("result", "@book{reeds,")
