"""The picture around a concept, in a real browser: enlarged, moved, followed, by mouse, keyboard and without script."""

from collections.abc import Iterator

import pytest

pytestmark = pytest.mark.browser
CONCEPT = "/concept/barrier-power-imbalance"
OUTSIDE = """() => [...document.querySelectorAll('.graph .node')].filter(node => {
  const text = node.querySelector('text').getBBox(), box = node.querySelector('rect').getBBox()
  const wide = text.x < box.x || text.x + text.width > box.x + box.width
  return wide || text.y < box.y || text.y + text.height > box.y + box.height
}).map(node => node.textContent)"""


@pytest.fixture
def page(browser, site) -> Iterator[object]:
    context = browser.new_context(base_url=site, viewport={"width": 1200, "height": 900})
    page = context.new_page()
    page.goto(CONCEPT)
    yield page
    context.close()


def view(page) -> list[float]:
    return [float(number) for number in page.locator(".graph.wide svg").get_attribute("viewBox").split()]


def until(page, seen) -> None:
    """Wait until *seen*; the page's Content-Security-Policy lets playwright put no waiting into it."""
    for _ in range(100):
        if seen():
            return
        page.wait_for_timeout(50)
    raise AssertionError("it did not come")


def node(page, name: str):
    return page.locator(".graph.wide").get_by_role("link", name=name)


def test_buttons_enlarge_and_reset(page):
    before = view(page)
    page.locator(".graph.wide").get_by_role("button", name="Zoom in").click()

    assert view(page)[2] < before[2]
    page.locator(".graph.wide").get_by_role("button", name="Reset").click()
    assert view(page) == before
    page.locator(".graph.wide").get_by_role("button", name="Zoom out").click()
    assert view(page)[2] > before[2]


def test_keys_move_and_enlarge(page):
    before = view(page)
    page.locator(".graph.wide svg").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")

    assert [now - then for now, then in zip(view(page), before, strict=True)] == [40, 40, 0, 0]
    page.keyboard.press("+")
    assert view(page)[2] < before[2]
    page.keyboard.press("0")
    assert view(page) == before


def test_dragging_moves_the_picture_and_follows_no_link(page):
    page.locator(".graph.wide").scroll_into_view_if_needed()
    box, before = node(page, "mitigated by").bounding_box(), view(page)
    page.mouse.move(box["x"] + 20, box["y"] + 10)
    page.mouse.down()
    page.mouse.move(box["x"] - 30, box["y"] + 30, steps=4)
    page.mouse.up()

    assert view(page)[0] > before[0] and view(page)[1] < before[1]
    assert page.url.endswith(CONCEPT)


def test_the_wheel_scrolls_the_page_and_enlarges_with_ctrl_alone(page):
    page.locator(".graph.wide").scroll_into_view_if_needed()
    box, before = page.locator(".graph.wide svg").bounding_box(), view(page)
    top = page.evaluate("scrollY")
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.wheel(0, 40)
    until(page, lambda: page.evaluate("scrollY") > top)

    assert view(page) == before
    box = page.locator(".graph.wide svg").bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.keyboard.down("Control")
    page.mouse.wheel(0, -120)
    until(page, lambda: view(page)[2] < before[2])
    page.keyboard.up("Control")


def test_a_node_leads_to_its_page(page):
    node(page, "mitigated by Deciding together").click()

    page.wait_for_url("**/concept/practice-co-decision-making")


def test_a_node_is_followed_by_keyboard_and_seen_when_it_has_the_focus(page):
    for _ in range(4):
        page.locator(".graph.wide").get_by_role("button", name="Zoom in").click()
    page.locator(".graph.wide svg").focus()
    page.keyboard.press("Tab")
    focused = page.evaluate("(b => [b.x, b.y, b.width])(document.activeElement.getBBox())")
    x, y, width, height = view(page)

    assert x - 0.1 <= focused[0] and focused[0] + focused[2] <= x + width + 0.1 and y <= focused[1] <= y + height
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: not url.endswith(CONCEPT))
    assert page.locator("h1").is_visible()


@pytest.mark.parametrize("size", [390, 1280])
def test_no_label_leaves_its_box(browser, site, size):
    page = browser.new_page(base_url=site, viewport={"width": size, "height": 800})
    page.goto(CONCEPT)
    outside = page.evaluate(OUTSIDE)
    page.close()

    assert outside == []


def test_without_script_the_picture_is_there_and_its_tools_are_not(browser, site):
    context = browser.new_context(base_url=site, java_script_enabled=False, viewport={"width": 1200, "height": 900})
    page = context.new_page()
    page.goto(CONCEPT)

    assert not page.locator(".graph.wide").get_by_role("button", name="Zoom in").is_visible()
    node(page, "mitigated by Deciding together").click()
    page.wait_for_url("**/concept/practice-co-decision-making")
    context.close()
