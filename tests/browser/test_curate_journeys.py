"""A curator's work from logging in to undoing it, by mouse and by keyboard alone; axe-core looks at each page of it."""

from collections.abc import Iterator
from typing import NamedTuple

import pytest
from conftest import lay_toy
from test_accessibility import axe, violations  # noqa: F401 – a fixture
from writing import PASSWORD, log_in_by_hand, serving

from kb import KnowledgeBase

pytestmark = pytest.mark.browser

BIBTEX = """@article{w, author = {Weir, Bo}, title = {Power imbalance, distance and mistrust: who decides},
 journal = {Journal of Made-up Partnerships}, year = {YEAR}, pages = {1--9},
 abstract = {Of joint decision-making by two towns.}}"""
SAYS = "Whoever pays for the mill of {year} decides no more than the others do."
DISPUTED = "The side that pays sets the terms"
ID = "testwell-2010"
REACH = 250  # times that Tab is pressed before a thing counts as out of reach


class Mouse(NamedTuple):
    """Does things as most people do."""

    page: object

    def press(self, what):
        what.click()

    def write(self, where, text):
        where.fill(text)

    def check(self, what):
        what.check()


class Keyboard(NamedTuple):
    """Does the same with Tab, Enter, Space, arrows and letters; what Tab does not reach, is not there."""

    page: object

    def reach(self, what):
        for _ in range(REACH):
            if what.evaluate("each => each === document.activeElement"):  # which a script may have made anew
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"Tab does not lead to {what}")

    def press(self, what):
        self.reach(what)
        self.page.keyboard.press("Enter")

    def write(self, where, text):
        self.reach(where)
        self.page.keyboard.press("Control+A")
        self.page.keyboard.insert_text(text)

    def check(self, what):
        """Choose a radio button: Tab leads to its group, arrows within it."""
        name = what.get_attribute("name")
        for _ in range(REACH):
            if self.page.evaluate("document.activeElement.name") == name:
                break
            self.page.keyboard.press("Tab")
        for _ in range(10):
            if what.is_checked():
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"arrows do not lead to {what}")


@pytest.fixture(scope="module")
def desk(stub_encoder, tmp_path_factory) -> Iterator[KnowledgeBase]:
    """A toy home that a server with accounts is over; `address` tells where."""
    base = KnowledgeBase(lay_toy(tmp_path_factory.mktemp("journey") / "home"), encoder=stub_encoder)
    base.build()
    base.address = serving(base)
    yield base
    base.close()


@pytest.mark.parametrize(("hand", "year"), [(Mouse, 2013), (Keyboard, 2014)])
def test_a_paper_is_added_with_what_it_says_against_another_and_undone(browser, desk, axe, hand, year):  # noqa: F811
    context = browser.new_context(base_url=desk.address)
    context.set_default_timeout(30_000)
    page, found = context.new_page(), []

    def look():
        if hand is Mouse:
            found.extend(f"{page.url}: {each}" for each in violations(page, axe))

    work = Journey(page, hand(page), year, look)
    work.log_in()
    id = work.add()
    saved = desk.corpus[id].data
    shown = work.concept_says()
    work.undo(id)
    gone = work.concept_says()
    context.close()

    assert len(saved["subjects"]) == 3 and saved["claims"][0]["disputes"] == ["testwell-2010#c1"]
    assert (saved["claims"][0]["curator"], saved["statusBy"]) == ("anna", "anna")
    assert shown and not gone and id not in desk.corpus
    messages = [each.author for each in desk.curation.history.log(f"corpus/{id}.yaml")]
    assert messages == ["Anna Smith", "Anna Smith"]
    assert found == []


@pytest.mark.slow
def test_axe_finds_nothing_wrong_with_worklists_and_reviews_and_they_fit_a_phone(browser, desk, axe):  # noqa: F811
    page = browser.new_page(base_url=desk.address, viewport={"width": 390, "height": 800}, color_scheme="dark")
    log_in_by_hand(page, "ed")
    desk.curation.work.checked(30)
    found, wide = [], set()
    for each in (
        "worklist/review",
        "worklist/complete",
        "worklist/claims",
        "worklist/changed",
        "check",
        f"review/{ID}",
    ):
        page.goto(f"/curate/{each}")
        found += violations(page, axe)
        wide.add(page.evaluate("document.documentElement.scrollWidth"))
    page.get_by_label("Retracted").check()
    page.get_by_label("Why").fill(" ")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("say why it is retracted").wait_for()
    found += violations(page, axe)
    page.close()

    assert found == [] and wide == {390}


class Journey(NamedTuple):
    """The steps of it, each on the page where the one before has ended."""

    page: object
    hand: object
    year: int
    look: object

    def button(self, name, exact=False):
        return self.page.get_by_role("button", name=name, exact=exact).first

    def log_in(self):
        self.page.goto("/curate")
        self.look()
        self.hand.write(self.page.get_by_label("Name"), "anna")
        self.hand.write(self.page.get_by_label("Password"), PASSWORD)
        self.hand.press(self.button("Log in"))
        self.page.get_by_role("heading", name="Desk").wait_for()
        self.look()

    def add(self) -> str:
        page, hand = self.page, self.hand
        hand.press(page.get_by_role("link", name="Paste a reference"))
        hand.write(page.get_by_label("Paste a reference"), BIBTEX.replace("YEAR", str(self.year)))
        self.look()
        hand.press(self.button("Fill the form"))
        self.accept(3)
        self.claim()
        page.locator("#kept", has_text="Kept as draft").wait_for()
        self.look()
        hand.press(self.button("Look at the changes and save"))
        page.locator(".diff .added", has_text="disputes").wait_for()
        self.look()
        hand.press(self.button("Save", exact=True))
        page.wait_for_url("**/source/weir-*")
        self.look()
        return page.url.rpartition("/")[2]

    def accept(self, count):
        """Accept suggestions, the first each time."""
        for number in range(count):
            first = self.page.get_by_role("button", name="Accept ").first
            first.wait_for()
            label = first.get_attribute("aria-label").removeprefix("Accept ")
            self.hand.press(first)
            self.page.locator("[data-picker=subjects] [data-picked] .name", has_text=label).wait_for()
            assert self.page.locator("[data-picker=subjects] [data-picked] li").count() == number + 1

    def claim(self):
        page, hand = self.page, self.hand
        hand.press(self.button("Add a claim"))
        hand.write(page.locator("[id='claims.0.text']"), SAYS.format(year=self.year))
        hand.check(page.locator("[name='claims.0.basis'][value=abstract]"))
        self.pick("claims.0.about", "power imb", "Power imbalance")
        hand.press(page.locator("summary", has_text="How it stands to other claims"))
        self.pick("claims.0.disputes", "side that pays sets", DISPUTED)

    def pick(self, path, text, wanted):
        """Type into the box of a list and take the first that is offered."""
        box = self.page.locator(f"[id='{path}.add']")
        if isinstance(self.hand, Keyboard):
            self.hand.reach(box)
        else:
            box.click()
        self.page.keyboard.type(text)
        option = self.page.locator(f"[id='{path}.add-list'] [role=option]", has_text=wanted).first
        option.wait_for()
        if isinstance(self.hand, Keyboard):
            self.page.keyboard.press("ArrowDown")
            self.page.keyboard.press("Enter")
        else:
            option.click()
        self.page.locator(f"[data-picker='{path}'] [data-picked] .name", has_text=wanted).wait_for()

    def concept_says(self) -> bool:
        """Whether the concept's page has the claim, and what it disputes."""
        self.page.goto("/concept/barrier-power-imbalance")
        self.look()
        claim = self.page.locator("li.claim", has=self.page.get_by_text(SAYS.format(year=self.year), exact=True))
        return bool(claim.count()) and DISPUTED in claim.first.inner_text()

    def undo(self, id):
        page, hand = self.page, self.hand
        page.goto(f"/source/{id}/history")
        self.look()
        hand.press(page.locator(".revisions a").first)
        self.button("Undo this change").wait_for()
        self.look()
        change = page.url
        hand.press(self.button("Undo this change"))
        page.wait_for_url(lambda url: url != change)
        self.look()
