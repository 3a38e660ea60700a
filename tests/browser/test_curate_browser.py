"""The form for a source in a browser: nothing that is typed is lost, by keyboard alone, and beside another curator."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from test_accessibility import axe, violations  # noqa: F401 – a fixture
from writing import log_in_by_hand, serving

from kb import KnowledgeBase

pytestmark = pytest.mark.browser

REED, TARN = "/curate/source/reed-2001", "/curate/source/tarn-1987"
BIBTEX = """@article{x, author = {Ferrier, Ann}, title = {Ferries and neighbours}, year = 2015,
 journal = {Journal of Made-up Partnerships}}"""
MILLER = "Made up by a miller"


@pytest.fixture(scope="module")
def home(base, stub_encoder, tmp_path_factory) -> Iterator[KnowledgeBase]:
    folder = tmp_path_factory.mktemp("desk") / "home"
    copy = KnowledgeBase(shutil.copytree(base.home.folder, folder), encoder=stub_encoder)
    yield copy
    copy.close()


@pytest.fixture(scope="module")
def address(home) -> str:
    return serving(home)


@contextmanager
def at(browser, address: str, name: str = "anna", **options: object) -> Iterator[object]:
    """A page of a curator who is logged in."""
    context = browser.new_context(base_url=address, **options)
    context.set_default_timeout(30_000)
    page = context.new_page()
    log_in_by_hand(page, name)
    yield page
    context.close()


@pytest.fixture
def page(browser, address, home) -> Iterator[object]:
    shutil.rmtree(home.home.curation / "drafts", ignore_errors=True)
    with at(browser, address) as page:
        yield page


def saved(page) -> None:
    """Wait for a draft to be kept."""
    page.locator("#kept", has_text="Kept as draft").wait_for()


def focused(page, id: str) -> None:
    """Wait until the field of this id has the focus."""
    page.locator(f"[id='{id}']:focus").wait_for()


def test_what_is_typed_is_kept_by_itself_and_is_there_after_the_tab_was_closed(page):
    page.goto(REED)
    page.get_by_label("Note", exact=True).fill(MILLER)
    page.get_by_label("Year").fill("20x1")
    saved(page)
    wrong = page.locator("#issued-told").inner_text()
    cited = page.locator("#citation").inner_text()
    other = page.context.new_page()
    page.close()
    other.goto(REED)

    assert other.get_by_label("Note", exact=True).input_value() == MILLER
    assert "Error:" in wrong and "(20x1)" in cited
    assert other.get_by_label("Year").get_attribute("aria-invalid") == "true"


@pytest.mark.slow
def test_an_author_is_added_and_moved_by_keyboard_alone(page):
    page.goto(REED)
    page.get_by_role("button", name="Add an author").focus()
    page.keyboard.press("Enter")
    focused(page, "authors.1.family")
    page.keyboard.type("Weir")
    page.keyboard.press("Tab")
    page.keyboard.type("Bo")
    page.get_by_role("button", name="Up: Bo Weir").or_(page.get_by_role("button", name="Up: no name yet")).focus()
    page.keyboard.press("Enter")
    page.locator("button[value='up:authors.0']:focus").wait_for()
    first = page.locator("[id='authors.0.family']").input_value()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.locator("[id='authors.1']").wait_for(state="detached")

    assert (first, page.locator("[id='authors.0.family']").input_value()) == ("Weir", "Reed")


def test_in_the_form_of_a_new_source_all_is_done_in_place_too(page):
    page.goto("/curate/new")
    page.get_by_role("button", name="Open the form").click()
    page.wait_for_url("**/curate/draft/**")
    page.evaluate("window.mark = 1")
    page.get_by_role("button", name="Add an author").click()
    focused(page, "authors.0.family")
    page.keyboard.type("Weir")
    page.get_by_role("button", name="Add a claim").click()
    focused(page, "claims.0.text")

    assert page.evaluate("window.mark") == 1
    assert page.locator("[id='authors.0.family']").input_value() == "Weir"


def test_a_dropped_connection_loses_nothing_and_is_told(page):
    page.goto(REED)
    page.context.set_offline(True)
    page.get_by_label("Note", exact=True).fill(MILLER)
    page.get_by_text("Not saved: The server does not answer. Your input is kept here").first.wait_for()
    page.context.set_offline(False)
    saved(page)

    assert page.locator("#unsent").is_hidden()


def test_what_did_not_reach_the_server_is_offered_when_the_form_is_opened_again(page):
    page.goto(REED)
    page.context.set_offline(True)
    page.get_by_label("Note", exact=True).fill(MILLER)
    page.locator("#unsent", has_text="Not saved").wait_for()
    other = page.context.new_page()
    page.close()
    other.context.set_offline(False)
    other.goto(REED)
    before = other.get_by_label("Note", exact=True).input_value()
    with other.expect_navigation():
        other.get_by_role("button", name="Put it back").click()

    assert (before, other.get_by_label("Note", exact=True).input_value()) == ("", MILLER)
    assert other.get_by_role("button", name="Put it back").count() == 0


def test_who_was_logged_out_logs_in_in_another_tab_and_goes_on(page):
    page.goto(REED)
    page.context.clear_cookies()
    page.get_by_label("Note", exact=True).fill(MILLER)
    page.locator("#unsent", has_text="you are logged out").wait_for()
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Log in in a new tab").click()
    opened.value.close()
    log_in_by_hand(page.context.new_page())
    page.get_by_role("button", name="I am logged in").click()
    saved(page)

    assert page.get_by_label("Note", exact=True).input_value() == MILLER


def test_a_pasted_reference_becomes_a_source_with_its_page(page, home):
    page.goto("/curate")
    page.get_by_role("link", name="Paste a reference").click()
    page.get_by_label("Paste a reference").fill(BIBTEX)
    page.get_by_role("button", name="Fill the form").click()
    page.get_by_label("Pages").fill("5–9")
    page.get_by_role("button", name="Look at the changes and save").first.click()
    page.locator(".diff .added", has_text="pages: 5–9").wait_for()
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_url("**/source/ferrier-2015")

    page.get_by_text("Saved (commit").wait_for()
    assert home.curation.history.log("corpus/ferrier-2015.yaml")[0].author == "Anna Smith"


def test_of_two_browsers_on_one_source_the_second_chooses_and_the_history_has_both(page, browser, address, home):
    page.goto(TARN)
    page.get_by_label("Year").fill("1988")
    saved(page)
    with at(browser, address, "ed") as other:
        other.goto(TARN)
        other.get_by_label("Year").fill("1989")
        other.get_by_role("button", name="Look at the changes and save").first.click()
        other.get_by_role("button", name="Save", exact=True).click()
        other.wait_for_url("**/source/tarn-1987")
    page.get_by_role("button", name="Look at the changes and save").first.click()
    page.get_by_role("heading", name="Somebody else has saved this source").wait_for()
    page.get_by_label("Yours").check()
    page.get_by_role("button", name="Put them together").click()
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_url("**/source/tarn-1987")

    authors = [each.author for each in home.curation.history.log("corpus/tarn-1987.yaml")]
    assert authors[:2] == ["Anna Smith", "Ed Moor"]
    assert home.corpus["tarn-1987"].data["issued"] == "1988"


@pytest.mark.slow
def test_axe_finds_nothing_wrong_with_the_pages_of_a_curator(page, axe, home):  # noqa: F811
    found = []
    page.goto(REED)
    page.get_by_label("Year").fill("20x1")
    page.get_by_role("button", name="Add an author").click()
    focused(page, "authors.1.family")
    found += violations(page, axe)
    page.get_by_label("Year").fill("2003")
    saved(page)
    for shown in ("/curate", "/curate/new", f"{REED}?show=changes"):
        page.goto(shown)
        found += violations(page, axe)
    path = home.home.corpus / "reed-2001.yaml"
    before = path.read_text(encoding="utf-8")
    path.write_text(before.replace("issued: 2001", "issued: 2002"), encoding="utf-8")
    page.goto(f"{REED}?show=conflict")
    found += violations(page, axe)
    path.write_text(before, encoding="utf-8")

    assert not found, "\n".join(found)
