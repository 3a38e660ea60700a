"""In the form of a source, with a script: concepts, claims and works are chosen by keyboard or pointer."""

from collections.abc import Iterator

import pytest
from conftest import lay_toy, watched
from test_accessibility import axe, violations  # noqa: F401 – a fixture
from writing import log_in_by_hand, serving

from kb import KnowledgeBase

pytestmark = pytest.mark.browser
FORM = "/curate/source/testwell-2010"
TEXT = "notice\n\f4\nThe side that pays sets the terms, as every miller knows.\n"


@pytest.fixture(scope="module")
def desk(stub_encoder, tmp_path_factory) -> Iterator[str]:
    """The address of a writable server over a toy home, in which a work has its text."""
    home = lay_toy(tmp_path_factory.mktemp("picker") / "home")
    (home / "corpus" / "testwell-2010.txt").write_text(TEXT, encoding="utf-8")
    base = KnowledgeBase(home, encoder=stub_encoder)
    base.build()
    yield serving(base)
    base.close()


@pytest.fixture(scope="module")
def logged_in_page(browser, desk) -> Iterator[object]:
    """A page on which a curator is logged in; whatever the browser complains of fails the last test."""
    with watched(browser, desk) as page:
        page.on("dialog", lambda dialog: dialog.accept())
        log_in_by_hand(page)
        yield page


@pytest.fixture
def page(logged_in_page) -> Iterator[object]:
    """The form, with nothing typed yet."""
    logged_in_page.goto(FORM)
    logged_in_page.locator("[data-suggested], [data-suggest] .note").first.wait_for()
    yield logged_in_page
    logged_in_page.get_by_role("button", name="Throw my changes away").click()
    logged_in_page.wait_for_url("**/curate")


def chosen(page, path):
    return [each for each in page.locator(f"[name='{path}']").evaluate_all("all => all.map(x => x.value)") if each]


def typed(page, path, text):
    """The box of a list after *text* was typed and offers came."""
    box = page.locator(f"[id='{path}']")
    box.press_sequentially(text)
    page.locator(f"[id='{path}-list'] [role=option]").first.wait_for()
    return box


def test_a_concept_is_chosen_and_taken_out_by_keyboard_alone(page):
    box = typed(page, "subjects.add", "trust")
    assert box.get_attribute("aria-expanded") == "true"
    box.press("ArrowDown")
    box.press("Enter")
    chip = page.get_by_role("button", name="Remove Trust building")
    chip.wait_for()
    assert chosen(page, "subjects")[-1] == "practice-trust-building"
    assert box.input_value() == ""

    chip.focus()
    page.keyboard.press("Enter")

    assert "practice-trust-building" not in chosen(page, "subjects")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "Remove Deciding together"


def test_beginnings_and_enter_choose_one_concept_after_another_in_place(page):
    page.evaluate("window.mark = 1")
    page.locator("[id='claims.1.about.add']").focus()
    for text, id in (("mistr", "barrier-mistrust"), ("regular m", "practice-regular-meetings")):
        page.keyboard.type(text)
        page.keyboard.press("Enter")
        page.locator(f"[id='claims.1.about'] [data-id='{id}']").wait_for()

    assert chosen(page, "claims.1.about")[-2:] == ["barrier-mistrust", "practice-regular-meetings"]
    assert page.evaluate("[window.mark, document.activeElement.id]") == [1, "claims.1.about.add"]


@pytest.mark.slow
def test_what_is_chosen_already_is_passed_over(page):
    box = typed(page, "subjects.add", "power")
    options = page.locator("[id='subjects.add-list'] [role=option]")
    assert options.nth(0).get_attribute("aria-disabled") == "true"
    box.press("ArrowDown")

    assert options.nth(1).get_attribute("aria-selected") == "true"
    assert "One-way resource flow" in options.nth(1).inner_text()
    assert "Barrier › Power imbalance" in options.nth(1).inner_text()


def test_a_suggestion_is_accepted_or_rejected_in_one_click_and_kept(page):
    first = page.locator("[data-suggested]").first
    accepted = first.get_attribute("data-suggested")
    others = page.locator("[data-suggested]").evaluate_all("all => all.slice(1).map(x => x.dataset.suggested)")
    first.get_by_role("button", name="Accept").click()
    page.locator(f"[data-suggested='{accepted}']").wait_for(state="detached")
    assert page.locator("[data-suggested]").evaluate_all("all => all.map(x => x.dataset.suggested)") == others
    second = page.locator("[data-suggested]").first
    rejected = second.get_attribute("data-suggested")
    second.get_by_role("button", name="Reject").click()
    with page.expect_response(lambda answer: answer.request.method == "GET" and "/curate/source/" in answer.url):
        page.get_by_role("button", name="Keep as draft").first.click()
    page.locator("#sheet:not([inert])").wait_for()
    page.reload()
    assert accepted in chosen(page, "subjects")
    assert chosen(page, "rejected") == [rejected]

    page.get_by_text("Rejected (1)").click()
    page.get_by_role("button", name="Take back").click()

    assert chosen(page, "rejected") == []


def test_the_other_claim_is_read_in_full_before_and_after_it_is_taken(page):
    fold = page.locator("[id='claims.1']").get_by_text("How it stands to other claims")
    fold.click()
    typed(page, "claims.1.disputes.add", "neighbours meet often")
    option = page.locator("[id='claims.1.disputes.add-list'] [role=option]").first
    assert "Neighbours who meet often come to trust each other." in option.inner_text()
    assert "Reed (2001), p. 14" in option.inner_text()
    option.click()

    assert chosen(page, "claims.1.disputes") == ["reed-2001#c1"]
    taken = page.locator("[data-picker='claims.1.disputes'] .taken")
    assert "Neighbours who meet often come to trust each other." in taken.inner_text()


def test_a_relation_is_read_as_a_sentence_while_it_is_made(page):
    page.locator("[id='claims.1']").get_by_text("A relation between concepts").click()
    page.locator("button[value='add:claims.1.asserts']").click()
    for end, text in (("subject", "mistr"), ("object", "regular")):
        box = typed(page, f"claims.1.asserts.0.{end}", text)
        box.press("Enter")
        page.wait_for_function("box => box.dataset.label", arg=box.element_handle())
        assert page.locator(f"[id='claims.1.asserts.0.{end}-list']").is_hidden()
    assert page.locator("[id='claims.1.asserts.0.subject']").input_value() == "Mistrust"
    page.locator("[id='claims.1.asserts.0.relation']").select_option("mitigatedBy")

    assert page.locator("[id='claims.1'] [data-sentence]").inner_text().split("\n")[0].startswith(
        "Mistrust is mitigated by Regular meetings."
    )  # fmt: skip
    assert chosen(page, "claims.1.asserts.0.subject") == ["barrier-mistrust"]


def test_words_are_checked_and_their_page_is_taken(page):
    claim = page.locator("[id='claims.1']")
    claim.get_by_text("Words of the work to the letter").click()
    page.locator("[id='claims.1.quote']").fill("the side that pays sets the terms")
    claim.get_by_role("button", name="Check in the text").click()
    claim.get_by_role("button", name="Take p. 4 as the page").click()

    assert page.locator("[id='claims.1.locator']").input_value() == "p. 4"


def test_a_concept_is_chosen_from_its_tree(page):
    page.get_by_role("link", name="Browse the concepts: Concepts of the work").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_text("Practice", exact=True).click()
    dialog.get_by_role("button", name="Regular meetings").click()
    dialog.wait_for(state="hidden")

    assert chosen(page, "subjects")[-1] == "practice-regular-meetings"


@pytest.mark.slow
def test_a_label_that_is_here_is_offered_before_another_is_proposed(page):
    page.get_by_text("No concept fits? Propose one").click()
    page.get_by_label("What it is called in the literature").press_sequentially("lack of trust")
    page.locator("[data-likes]").get_by_role("button", name="Mistrust").click()

    assert chosen(page, "subjects")[-1] == "barrier-mistrust"


@pytest.mark.slow
def test_axe_finds_nothing_wrong_with_the_form_and_it_fits_a_phone(page, axe):  # noqa: F811
    typed(page, "subjects.add", "tr")
    wrong = violations(page, axe)

    assert not wrong, "\n".join(wrong)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
