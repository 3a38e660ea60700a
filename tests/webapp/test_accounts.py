"""Logging in and out, and what keeps others from it."""

from writing import logged_in


def test_who_logs_in_is_known_on_the_next_page(base):
    page = logged_in(base).get("/account")

    assert page.status_code == 200 and "Anna Smith" in page.text
