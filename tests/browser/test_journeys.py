"""Whole ways of a reader through the real corpus: from a question to what is said, by whom, and how it is cited."""

import re
from collections.abc import Iterator
from queue import Queue
from threading import Thread

import pytest

from webapp import serve

pytestmark = [pytest.mark.browser, pytest.mark.real]
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


@pytest.fixture(scope="module")
def real_site(real_base) -> str:
    """The address of a server over the real corpus."""
    told: Queue[str] = Queue()
    Thread(target=serve, args=(real_base,), kwargs={"port": 0, "announce": told.put}, daemon=True).start()
    return told.get(timeout=30).split()[0]


@pytest.fixture
def start(browser, real_site) -> Iterator[object]:
    """A function that opens a page in a browser of its own; whatever the browser complains of fails the test."""
    contexts, complaints = [], []

    def start(lost=False, **options):
        context = browser.new_context(base_url=real_site, permissions=["clipboard-read", "clipboard-write"], **options)
        context.set_default_timeout(30_000)
        page = context.new_page()
        if not lost:  # a page that is not there is an error in the browser's eyes
            page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        contexts.append(context)
        return page

    yield start
    for context in contexts:
        context.close()
    assert complaints == []


def copied(page) -> str:
    return page.evaluate("navigator.clipboard.readText()")


def ask(page, question: str) -> None:
    page.goto("/")
    page.get_by_label("Your question").fill(question)
    page.get_by_role("button", name="Search").click()
    page.wait_for_url("**/search?q=**")


def test_from_a_question_to_a_claim_that_is_not_agreed_on_and_its_reference_in_apa(start):
    page = start()
    ask(page, "does trust replace formal control in alliances")
    against = page.locator(".answer .sides > div", has=page.locator(".qualifies, .disputes")).first
    against.locator("a").first.click()
    page.wait_for_url("**/source/*#c*")
    page.get_by_label("Copy the APA reference").click()

    assert page.locator("li.claim:target").count() == 1
    assert copied(page) == page.locator("#reference-apa").inner_text()
    assert copied(page).startswith(page.locator(".byline a").first.inner_text().split()[-1])


def test_from_a_concept_over_a_barrier_and_a_practice_to_a_source(start):
    page = start()
    page.goto("/concepts")
    page.get_by_role("link", name="Power imbalance", exact=True).click()
    page.wait_for_url("**/concept/barrier-power-imbalance")
    page.locator("dl.relations").get_by_role("link", name="Co-decision making").click()
    page.wait_for_url("**/concept/practice-co-decision-making")
    page.locator(".literature a").first.click()
    page.wait_for_url("**/source/**")

    assert page.get_by_role("heading", name="How to cite").is_visible()


def test_what_a_search_was_narrowed_to_survives_reload_and_back(start):
    page = start()
    ask(page, "trust between partners")
    page.get_by_role("navigation", name="Kinds of hits").get_by_role("link", name="Claims").click()
    page.wait_for_url("**kind=claim**")
    decade = page.locator("aside.narrowing details.facets", has=page.locator("summary", has_text="Decade"))
    decade.locator("summary").first.click() if decade.get_attribute("open") is None else None
    told = decade.locator("li", has_text="2000s").locator(".number").inner_text()
    decade.get_by_role("link", name="2000s").click()
    page.wait_for_url("**years=2000-2009**")
    page.locator("#hits", has_text=re.compile(rf"Hits 1–\d+: {told} come close")).wait_for()
    page.get_by_role("link", name="the newest").click()
    page.wait_for_url("**sort=newest**")
    shown = page.locator("ol.hits").inner_text()
    page.reload()

    assert page.locator("ol.hits").inner_text() == shown
    page.go_back()
    page.wait_for_url(lambda url: "sort=" not in url)
    page.go_back()
    page.wait_for_url(lambda url: "years=" not in url)
    assert page.locator(".tabs [aria-current]").inner_text().startswith("Claims")


def test_on_a_phone_hits_are_narrowed_and_read(start):
    page = start(**PHONE)
    ask(page, "who pays and who decides in donor NGO relations")
    page.get_by_text("Narrow down").tap()
    page.locator("aside.narrowing").get_by_role("link", name="Development cooperation").first.tap()
    page.wait_for_url("**field-development-cooperation**")
    page.locator(".hit h2 a").first.tap()
    page.wait_for_url(lambda url: "/search" not in url)

    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_by_keyboard_alone_from_the_box_to_a_claim_and_its_citation(start):
    page = start()
    page.goto("/")
    page.keyboard.type("collective imp")
    page.locator("[role=option]").first.wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/concept/**")
    button = page.get_by_role("button", name="Copy with citation").first
    for _ in range(200):
        page.keyboard.press("Tab")
        if button.evaluate("each => each === document.activeElement"):
            break
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Copied").wait_for()

    assert page.get_by_role("heading", level=1).inner_text() == "Collective impact"
    assert page.locator(".claim .text").first.inner_text().rstrip(".") in copied(page)
    assert "(" in copied(page) and "our paraphrase" in copied(page)


def test_from_a_suggested_author_to_a_reference_for_a_reference_manager(start):
    page = start()
    page.goto("/")
    page.get_by_label("Your question").press_sequentially("gray, barb")
    page.locator("[role=option]", has_text="author").first.click()
    page.wait_for_url("**/author/gray-barbara")
    page.locator("main a[href^='/source/']").first.click()
    page.wait_for_url("**/source/**")
    page.get_by_text("RIS", exact=True).first.click()
    page.get_by_label("Copy as RIS").click()

    assert copied(page).startswith("TY  - ") and "AU  - Gray, Barbara" in copied(page)


def test_from_the_list_of_works_over_a_decade_to_works_like_one(start):
    page = start()
    page.goto("/sources")
    page.get_by_role("link", name="Narrow down").click() if page.locator("a.to-facets:visible").count() else None
    page.locator("aside").get_by_role("link", name="1990s").click()
    page.wait_for_url("**decade=1990**")
    page.get_by_label("Order").select_option("claims")
    page.get_by_role("button", name="Show").click()
    page.wait_for_url("**sort=claims**")
    page.locator(".literature a").first.click()
    page.wait_for_url("**/source/**")
    page.locator("section", has=page.get_by_role("heading", name="Works like this")).locator("li a").first.click()

    page.wait_for_url("**/source/**")
    assert page.get_by_role("heading", level=1).is_visible()


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_a_learning_path_leads_to_the_strongest_evidence(start, script):
    page = start(java_script_enabled=script)
    page.goto("/concept/barrier-power-imbalance")
    page.locator("ol.path li", has_text="The best documented claim").get_by_role("link").first.click()
    page.wait_for_url("**/source/*#c*")

    assert page.locator("li.claim:target").count() == 1


def test_without_javascript_a_question_is_asked_narrowed_and_answered(start):
    page = start(java_script_enabled=False)
    ask(page, "what stops unequal partners")
    page.get_by_role("navigation", name="Kinds of hits").get_by_role("link", name="Claims").click()
    page.wait_for_url("**kind=claim**")
    page.locator(".hit h2 a").first.click()

    page.wait_for_url("**/source/*#c*")
    assert page.locator("#reference-mla").inner_text()


def test_a_wrong_address_leads_on_to_what_was_meant(start):
    page = start(lost=True)
    page.goto("/concept/collective-impct")
    page.get_by_role("heading", name="Did you mean").wait_for()
    page.locator("main ul a").first.click()
    page.wait_for_url("**/concept/**")

    assert page.locator("#definition").is_visible()
