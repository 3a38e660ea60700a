"""Nothing is written without an account, a token and a writable server, and no form is lost on the way."""

import re
from html import unescape

import pytest
from import_forms import files, words
from markup import Markup
from naughty import MARK
from writing import PASSWORD, have_account, log_in, logged_in, token

from webapp import create_app

READERS = {"/sparql", "/judge", "/curate/import"}  # what takes a POST of anybody, and changes no source
FILLED = {"id": "testwell-2010", "token": "a" * 22, "name": "to-review", "commit": "HEAD"}
TO = "/curate/import/" + "a" * 22
TYPED = {"title": 'Ferries & <b>neighbours</b>\r\n"two" lines', "subjects": ["a", "b"], "do": "save", "": "x"}


def addresses(app, method: str) -> list[str]:
    """An address of each rule that takes *method*, by what curators do or by other means than looking."""
    rules = [rule for rule in app.url_map.iter_rules() if method in rule.methods]
    if method == "GET":
        rules = [rule for rule in rules if rule.endpoint.partition(".")[0] in ("curate", "accounts")]
    with app.test_request_context():
        adapter = app.create_url_adapter(None) or app.url_map.bind("localhost")
        return sorted(
            adapter.build(rule.endpoint, {arg: FILLED.get(arg, "x") for arg in rule.arguments}, method)
            for rule in rules
        )


@pytest.fixture(scope="module")
def app(base):
    have_account(base)
    return create_app(base, writable=True)


@pytest.fixture(scope="module")
def anna(base, app):
    return logged_in(base, app=app)


def without_token(client):
    del client.environ_base["HTTP_X_CSRFTOKEN"]
    return client


# Who may write


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_a_server_for_reading_takes_nothing_but_what_readers_send(client, method):
    asked = [each for each in addresses(client.application, method) if each not in READERS]

    assert {client.open(each, method=method).status_code for each in asked} <= {403, 404}
    assert method != "POST" or {*addresses(client.application, method), "/judge"} >= READERS


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_without_an_account_nothing_is_taken(base, app, method):
    before = files(base)
    asked = [each for each in addresses(app, method) if each not in READERS]
    answers = {each: app.test_client().open(each, method=method) for each in asked}

    assert {answer.status_code for answer in answers.values()} <= {401, 303, 403}
    assert all("/login" in answer.headers["Location"] for answer in answers.values() if answer.status_code == 303)
    assert files(base) == before


def test_without_the_token_nothing_is_taken_though_somebody_is_logged_in(base, app):
    client = without_token(logged_in(base, "editor", "ed", app=app))
    stranger = token(app.test_client(), "/login")
    before = files(base)
    for sent in ({}, {"csrf_token": "x"}, {"csrf_token": stranger}, {"csrf_token": stranger[:-3] + "abc"}):
        told = {
            each: client.post(each, data=sent).status_code
            for each in addresses(app, "POST")
            if each not in ("/sparql", "/judge", "/curate/import")
        }
        assert set(told.values()) == {403}, told

    assert client.post("/curate/import", data={"text": "TY  - "}).status_code == 403
    assert files(base) == before and client.get("/account").status_code == 200


def test_a_token_of_another_session_is_none(base, app, anna):
    other = without_token(logged_in(base, "editor", "ed", app=app))

    assert other.post("/logout", data={"csrf_token": token(anna, "/account")}).status_code == 403
    assert other.post("/logout", data={"csrf_token": token(other, "/account")}).status_code == 303


@pytest.mark.parametrize("headers", [{"Origin": "http://evil.example"}, {"Sec-Fetch-Site": "cross-site"}])
def test_a_form_of_another_site_is_refused_and_not_kept(anna, app, headers):
    for client in (anna, app.test_client()):
        page = client.post(TO, data={"title": "laid here by somebody"}, headers=headers)

        assert page.status_code == 403 and "laid here" not in page.text


def test_looking_writes_nothing(base, anna, app):
    def kept():
        return {path: path.read_bytes() for path in base.home.folder.rglob("*") if path.is_file()
                and ".kb" not in path.parts and path.name != "HEAD"}  # fmt: skip

    before = kept()
    answers = {each: anna.get(each).status_code for each in addresses(app, "GET")}

    assert {each: status for each, status in answers.items() if status >= 500} == {}
    assert kept() == before


def test_readers_may_ask_by_post_as_before(app, client):
    query = {"query": "ASK {}"}

    for each in (client, app.test_client()):
        assert each.post("/sparql", data=query).status_code == 200


# Nothing typed is lost


def test_a_form_of_a_session_that_has_ended_is_kept_through_the_log_in_and_sent_by_hand(app):
    client = app.test_client()
    page = client.post(f"{TO}?from=x", data=TYPED)
    assert page.status_code == 401 and Markup.of(page.text).wrong == []
    wrong = client.post("/login", data={**hidden(page.text), "name": "anna", "password": "wrong"})
    assert wrong.status_code == 401
    on = client.post("/login", data={**hidden(wrong.text), "name": "anna", "password": PASSWORD})

    assert on.status_code == 200 and Markup.of(on.text).wrong == []
    assert "What you typed is still here, and is not saved yet" in words(on.text)
    assert f'action="{TO}?from=x"' in on.text and client.get("/account").status_code == 200
    sent = hidden(on.text)
    given = sent.pop("csrf_token")
    assert sent == {"title": [TYPED["title"]], "subjects": ["a", "b"], "do": ["save"], "": ["x"]}
    assert client.post(TO, data={**sent, "csrf_token": given}).status_code == 404  # it is taken: there is no upload


def test_a_form_from_before_the_log_in_is_kept(base, app):
    client = without_token(logged_in(base, app=app))
    page = client.post(TO, data={**TYPED, "csrf_token": "of another time"})

    assert page.status_code == 403 and "Nothing is lost" in words(page.text)
    sent = hidden(page.text)
    assert sent["title"] == [TYPED["title"]] and sent["subjects"] == ["a", "b"]
    assert client.post(TO, data=sent).status_code == 404  # the token is a good one


def test_files_cannot_be_kept_which_is_told(app):
    from io import BytesIO

    page = app.test_client().post(TO, data={"file": (BytesIO(b"x"), "refs<b>.ris"), "text": "kept"})

    assert "Files cannot be kept here: refs<b>.ris. Choose it again" in words(page.text)
    assert 'value="kept"' in page.text


@pytest.mark.parametrize(
    "to",
    ["https://evil.example/curate/import", "//evil.example/curate/import", "/logout", "/account", "/curate/../logout",
     "/curate/%2e%2e/logout", "/sparql", "/\\evil.example", "javascript:alert(1)", "/curate/nothing", "/login"],
)  # fmt: skip
def test_a_form_is_sent_on_to_pages_for_curators_alone(app, to):
    client = app.test_client()
    answer = log_in(client, **{"held-to": to, "held:title": "typed"})

    assert answer.status_code == 303 and answer.headers["Location"] == "/curate"


def test_a_password_is_never_kept_in_a_page(app):
    client = app.test_client()
    ended = client.post("/account", data={"old": "secret-1", "new": "secret-2", "again": "secret-2"})
    failed = log_in(client, password="secret-3")
    stale = client.post("/login", data={"name": "anna", "password": "secret-4", "csrf_token": "x"})

    assert (ended.status_code, ended.headers["Location"]) == (303, "/login?next=/account")
    assert stale.status_code == 403 and "the page was too old" in words(stale.text)
    assert "secret-" not in failed.text + stale.text + ended.text


def test_scripts_are_told_what_to_do_and_get_a_new_token(base, app):
    ask = {"Accept": "application/json"}
    client = without_token(logged_in(base, app=app))
    stale = client.post(TO, headers=ask)
    ended = app.test_client().post(TO, headers=ask)

    assert (stale.status_code, ended.status_code) == (403, 401)
    assert stale.json["login"] == ended.json["login"] == "/login" and "csrf_token" not in ended.json
    assert client.post(TO, headers={**ask, "X-CSRFToken": stale.json["csrf_token"]}).status_code == 404


def test_what_is_kept_is_text_never_markup(app):
    page = app.test_client().post(TO, data={f'x"><{MARK}>': f"</dd><{MARK}>"})

    assert page.status_code == 401 and f"<{MARK}>" not in page.text


def hidden(page: str) -> dict[str, list[str]]:
    """The hidden fields of the forms in the main part of a page, as a browser sends them."""
    main = re.search(r"<main.*</main>", page, re.S)[0]
    found: dict[str, list[str]] = {}
    for name, value in re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', main):
        found.setdefault(unescape(name), []).append(unescape(value))
    return found
