"""Logging in with a browser, and a form that outlives its session, by keyboard and without JavaScript."""

import shutil

import pytest
from test_accessibility import axe, violations  # noqa: F401 – a fixture
from writing import PASSWORD, log_in_by_hand, serving

from kb import KnowledgeBase

pytestmark = pytest.mark.browser

TEXT = 'TY  - JOUR\nTI  - "Ferries" & <neighbours>\nAU  - Ferrier, Ann\nER  -\n'


@pytest.fixture(scope="module")
def address(base, stub_encoder, tmp_path_factory):
    home = shutil.copytree(base.home.folder, tmp_path_factory.mktemp("log-in") / "home")
    return serving(KnowledgeBase(home, encoder=stub_encoder))


@pytest.mark.parametrize("scripts", [True, False])
def test_a_form_outlives_its_session_by_keyboard(browser, address, axe, scripts):  # noqa: F811
    context = browser.new_context(base_url=address, java_script_enabled=scripts, viewport={"width": 390, "height": 800})
    page = context.new_page()
    found, wide = [], set()

    def looked_at(name):
        if scripts:
            found.extend(violations(page, axe))
            wide.add(page.evaluate("document.documentElement.scrollWidth"))

    page.goto("/login")
    looked_at("log in")
    log_in_by_hand(page)
    looked_at("account")
    page.goto("/curate/import")
    page.get_by_label("Or paste a text").fill(TEXT)
    context.clear_cookies()
    page.get_by_role("button", name="Show what is in it").press("Enter")
    page.get_by_text("You are not logged in any more").wait_for()
    looked_at("held")
    page.keyboard.type("anna")  # the field has the focus
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Nothing is lost").wait_for()
    looked_at("go on")
    page.keyboard.press("Enter")  # on the button
    page.get_by_role("heading", name="1 record").wait_for()
    said = page.get_by_role("main").inner_text()
    page.get_by_role("button", name="Log out").click()
    page.get_by_role("link", name="Log in").wait_for()
    context.close()

    assert "“Ferries” & <neighbours>" in said.replace('"Ferries"', "“Ferries”")
    assert found == [] and wide <= {390}
