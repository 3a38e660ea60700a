"""The history in a browser: a change is looked at and undone, by keyboard alone."""

import pytest
from conftest import watched
from past import REED, with_past
from test_accessibility import axe, violations  # noqa: F401 – a fixture
from writing import log_in_by_hand, serving

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def past(tmp_path_factory):
    base = with_past(tmp_path_factory.mktemp("past") / "home")
    base.address = serving(base)
    yield base
    base.close()


def test_a_curator_goes_from_a_source_to_its_history_and_undoes_a_change_by_keyboard(browser, past):
    with watched(browser, past.address) as page:
        log_in_by_hand(page)
        page.goto(f"/source/{REED}")
        for name in ("History of this record", "Correct the year"):
            page.get_by_role("link", name=name).focus()
            page.keyboard.press("Enter")
            page.wait_for_load_state()
        page.get_by_role("button", name="Undo this change").focus()
        page.keyboard.press("Enter")
        page.get_by_role("heading", name='Undo "Correct the year"').wait_for()

        assert "issued: 2001" in past.curation.text(REED)[0]
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.slow
def test_axe_finds_nothing_wrong_with_the_history(browser, past, axe):  # noqa: F811
    page = browser.new_page(base_url=past.address)
    log_in_by_hand(page, "ed")
    found = []
    for address in ("/history", f"/source/{REED}/history", f"/history/{past.year}"):
        page.goto(address)
        found += violations(page, axe)
    page.close()

    assert not found, "\n".join(found)
