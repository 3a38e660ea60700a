"""Who may log in, how long that lasts, and what keeps others from it."""

import json
import re
import socket
import stat
from threading import Thread
from urllib.request import Request, urlopen

import pytest
from flask import Flask, g, request
from import_forms import words
from markup import Markup
from werkzeug.security import check_password_hash
from writing import PASSWORD, have_account, log_in, logged_in, token

from kb import BadHome, BadQuery, KBError
from kb.home import Home
from webapp import create_app, serve
from webapp.account_pages import BY_NAME
from webapp.accounts import account, needs
from webapp.server import create
from webapp.users import SESSIONS, Users, secret

LIMIT = int(BY_NAME.split()[0])


@pytest.fixture(scope="module")
def app(base):
    """A writable server that all tests of this file share; anna is a curator."""
    have_account(base)
    return create_app(base, writable=True)


@pytest.fixture
def visitor(app):
    return app.test_client()


@pytest.fixture
def users(tmp_path):
    (tmp_path / "corpus").mkdir()
    return Users(Home(tmp_path))


def cookie(client):
    return client.get_cookie(client.application.config["SESSION_COOKIE_NAME"])


# Readers


def test_a_server_for_reading_has_no_pages_of_accounts_and_sets_no_cookie(client):
    for address in ("/login", "/account", "/curate/import/" + "a" * 22):
        assert client.get(address).status_code == 404
    for address in ("/login", "/logout", "/account"):
        assert client.post(address).status_code == 404
    page = client.get("/")

    assert "Log in" not in page.text and "Set-Cookie" not in page.headers
    assert "Cookie" not in page.headers.get("Vary", "") and client.application.secret_key is None


def test_a_reader_of_a_writable_server_gets_no_cookie_and_pages_that_are_kept(visitor):
    page = visitor.get("/concepts")

    assert "Set-Cookie" not in page.headers and "private" not in page.headers["Cache-Control"]
    assert "Cookie" in page.headers["Vary"]
    assert '<a href="/login">Log in</a>' in page.text and "Curate" not in page.text
    assert visitor.get("/concepts", headers={"If-None-Match": page.headers["ETag"]}).status_code == 304


# Logging in


def test_who_logs_in_is_named_on_each_page_which_their_browser_alone_keeps(base):
    client = logged_in(base)
    page = client.get("/concepts")
    with client.get(re.search(r"/static/style[^\"]+", page.text)[0]) as static:
        kept = static.headers["Cache-Control"]

    assert '<a href="/account">Anna Smith</a>' in page.text and '<a href="/curate">Curate</a>' in page.text
    assert page.headers["Cache-Control"] == "private, no-cache" and "Cookie" in page.headers["Vary"]
    assert kept.startswith("public") and "Set-Cookie" not in static.headers


@pytest.mark.parametrize(("name", "password"), [("anna", "wrong"), ("nobody", PASSWORD), ("", ""), ("ánna\x00", "x")])
def test_a_wrong_name_and_a_wrong_password_get_the_same_answer(visitor, name, password):
    page = log_in(visitor, name, password)

    assert page.status_code == 401 and Markup.of(page.text).wrong == []
    assert "This name and this password do not belong together." in words(page.text)
    assert visitor.get("/account").headers["Location"] == "/login?next=/account"


def test_a_name_that_nobody_has_costs_a_hash_as_a_wrong_password_does(base):
    have_account(base)
    compared = []

    def check(hash, password):
        compared.append(hash.split("$")[0])
        return check_password_hash(hash, password)

    assert Users(base.home).known("nobody", PASSWORD, check) is None
    assert Users(base.home).known("anna", "wrong password", check) is None
    assert [each.split(":")[0] for each in compared] == ["scrypt", "scrypt"]


def test_a_session_from_before_the_log_in_is_not_carried_on(app, visitor):
    before = token(visitor, "/login"), cookie(visitor).value
    assert log_in(visitor).status_code == 303
    planted = app.test_client()
    planted.set_cookie(app.config["SESSION_COOKIE_NAME"], before[1])

    assert token(visitor, "/account") != before[0] and cookie(visitor).value != before[1]
    assert planted.get("/account").status_code == 302
    assert visitor.post("/account", data={"csrf_token": before[0]}).status_code == 403


def test_logging_out_ends_copies_of_the_cookie_too(base, app):
    client, copy = logged_in(base, app=app), app.test_client()
    copy.set_cookie(app.config["SESSION_COOKIE_NAME"], cookie(client).value)
    assert copy.get("/account").status_code == 200
    left = client.post("/logout")

    assert left.status_code == 303 and cookie(client) is None
    assert copy.get("/account").status_code == 302


def test_a_session_outlives_the_server(base):
    client, later = logged_in(base), create_app(base, writable=True).test_client()
    later.set_cookie(later.application.config["SESSION_COOKIE_NAME"], cookie(client).value)

    assert later.get("/account").status_code == 200


@pytest.mark.parametrize("changed", ["removed", "password", "role"])
def test_a_session_ends_when_the_account_changes(base, app, changed):
    client, users = logged_in(base, name="kim", app=app), Users(base.home)
    if changed == "removed":
        users.remove("kim")
    elif changed == "role":
        users.set_role("kim", "editor")
    else:
        users.set_password("kim", "four quite plain words")
    page = client.get("/account")
    if changed == "password":
        users.remove("kim")

    assert page.headers["Location"] == "/login?next=/account"


@pytest.mark.parametrize(
    ("next", "led"),
    [
        ("/concepts?scheme=barrier", "/concepts?scheme=barrier"),
        ("", "/curate"),
        ("//evil.example/", "/curate"),
        ("https://evil.example/", "/curate"),
        ("/\\evil.example", "/curate"),
        ("\\\\evil.example", "/curate"),
        ("/\t/evil.example", "/curate"),
        ("javascript:alert(1)", "/curate"),
        ("///evil.example", "/curate"),
        ("/x\r\nSet-Cookie: a=b", "/curate"),
    ],
)
def test_after_the_log_in_a_reader_is_led_to_a_page_of_ours_alone(visitor, next, led):
    assert log_in(visitor, next=next).headers["Location"] == led
    assert visitor.get("/login", query_string={"next": next}).headers["Location"] == led


def test_a_page_for_accounts_asks_to_log_in_and_then_is_shown(visitor):
    asked = visitor.get("/curate/import/" + "a" * 22 + "?x=%C3%A9")

    assert asked.headers["Location"].startswith("/login?next=/curate/import/aaa")
    assert "x%3D%25C3%25A9" in asked.headers["Location"]
    assert 'name="next" value="/curate/import/aaa' in visitor.get(asked.headers["Location"]).text


def test_programs_are_told_where_to_log_in(visitor):
    data = visitor.post("/curate/import/" + "a" * 22, headers={"Accept": "application/json"})

    assert data.status_code == 401 and data.mimetype == "application/problem+json"
    assert data.json["login"] == "/login" and data.headers["WWW-Authenticate"]


# Roles


def test_a_view_for_editors_is_for_editors_alone(base):
    app = create_app(base, writable=True)
    app.add_url_rule("/for-editors", view_func=needs("editor")(lambda: "all is well"))
    curator, editor = logged_in(base, app=app), logged_in(base, "editor", "ed", app=app)

    refused = curator.get("/for-editors")
    assert refused.status_code == 403 and "role 'editor'; yours is 'curator'" in words(refused.text).replace("’", "'")
    assert editor.get("/for-editors").text == "all is well"


# Cookies and hosts


@pytest.mark.parametrize("known_as", [None, "https://example.org/kb"])
def test_the_cookie_is_for_this_site_and_no_script_and_travels_by_https_where_the_site_does(base, known_as):
    have_account(base)
    client = create_app(base, writable=True, known_as=known_as).test_client()
    answer = log_in(client) if known_as is None else client.get("/login", base_url="https://example.org/kb")
    set_cookie = answer.headers["Set-Cookie"]

    assert "HttpOnly" in set_cookie and "SameSite=Lax" in set_cookie and "Domain" not in set_cookie
    assert ("Secure" in set_cookie, f"Path={'/kb' if known_as else '/'};" in f"{set_cookie};") == (bool(known_as), True)


def test_behind_a_proxy_links_and_forms_keep_the_folder_of_the_site(base):
    have_account(base)
    client = create_app(base, writable=True, known_as="https://example.org/kb").test_client()
    site = {"base_url": "https://example.org/", "headers": {"Origin": "https://example.org"}}
    asked = client.get("/kb/account", **site).headers["Location"]
    fields = {"name": "anna", "password": PASSWORD, "next": "/kb/account"}
    page = client.get("/kb/login", **site)
    fields["csrf_token"] = re.search(r'name="csrf_token" value="([^"]+)"', page.text)[1]
    answer = client.post("/kb/login", data=fields, **site)

    assert asked == "/kb/login?next=/kb/account" and 'action="/kb/login"' in page.text
    assert (answer.status_code, answer.headers["Location"]) == (303, "/kb/account")


@pytest.mark.parametrize(
    ("host", "status"),
    [("localhost", 200), ("127.0.0.1:5000", 200), ("[::1]:5000", 200), ("LOCALHOST:80", 200),
     ("rebound.example", 421), ("127.0.0.1.nip.io", 421), ("0.0.0.0", 421), ("localhost.evil.example", 421)],
)  # fmt: skip
def test_on_this_computer_a_writable_server_answers_to_local_names_alone(visitor, client, host, status):
    addresses = ("/", "/login", "/concepts.json", "/static/style.css", "/sparql")

    for each in addresses:
        with visitor.get(each, headers={"Host": host}) as answer:
            assert answer.status_code == status
    assert client.get("/", headers={"Host": host}).status_code == 200


def test_a_writable_server_that_is_known_by_a_local_address_looks_at_the_host_of_the_request(base):
    local = create_app(base, writable=True, known_as="http://localhost:5000/kb").test_client()
    public = create_app(base, writable=True, known_as="https://example.org").test_client()
    hosts = ("localhost:5000", "127.0.0.1", "rebound.example")

    assert [local.get("/kb/login", headers={"Host": host}).status_code for host in hosts] == [200, 200, 421]
    assert [public.get("/login", headers={"Host": host}).status_code for host in hosts] == [200] * 3


@pytest.mark.parametrize(
    ("host", "known_as", "told"),
    [("0.0.0.0", None, "0.0.0.0 can be reached from other computers"), ("example.org", None, "example.org can be"),
     ("0.0.0.0", "http://example.org/kb", "0.0.0.0 can be"),
     ("127.0.0.1", "http://example.org/kb", "http://example.org/kb is an address for others")],
)  # fmt: skip
def test_a_writable_server_for_others_is_to_be_reached_by_https(base, host, known_as, told):
    with pytest.raises(KBError, match=re.escape(told) + ".*passwords that travel by http can be read"):
        serve(base, host=host, port=0, known_as=known_as, writable=True)


# Too many attempts


def test_after_many_attempts_that_fail_one_has_to_wait_and_is_told_how_long(base):
    have_account(base)
    app = create_app(base, writable=True)
    clients = [app.test_client() for _ in range(LIMIT)]
    for number, client in enumerate(clients):
        client.environ_base["REMOTE_ADDR"] = f"192.0.2.{number}"
        assert log_in(client, password="wrong").status_code == 401
    page, other = log_in(app.test_client()), log_in(clients[0], "ed", "wrong")

    assert page.status_code == 429 and 0 < int(page.headers["Retry-After"]) <= 300
    assert re.search(r"Too many attempts have failed: wait \d+ (seconds|minutes), then try again", words(page.text))
    assert 'name="name" id="name" value="anna"' in page.text and other.status_code == 401


def test_attempts_from_one_address_are_counted_for_all_names(base):
    have_account(base)
    have_account(base, "bo")
    client = create_app(base, writable=True).test_client()
    given = {"csrf_token": token(client, "/login"), "password": "wrong"}
    names = ["anna", "bo"] * LIMIT + ["nobody"]
    answers = [client.post("/login", data={**given, "name": name}).status_code for name in names]

    assert answers == [401] * 2 * LIMIT + [429]


def test_to_log_in_often_is_no_attempt_that_fails(app, base):
    client = create_app(base, writable=True).test_client()

    assert {log_in(client).status_code for _ in range(1)} == {303}
    for _ in range(LIMIT + 2):
        client.post("/logout", data={"csrf_token": token(client, "/account")})
        assert log_in(client).status_code == 303


def test_on_this_computer_another_name_is_refused_also_where_the_site_has_an_address(base):
    client = create_app(base, writable=True, known_as="http://localhost:5000").test_client()

    assert client.get("/login", headers={"Host": "rebound.example"}).status_code == 421
    assert client.get("/login", headers={"Host": "127.0.0.1:5000"}).status_code == 200


def test_behind_a_proxy_each_reader_is_counted_by_the_address_that_the_proxy_tells():
    app = Flask(__name__)
    app.add_url_rule("/", view_func=lambda: request.remote_addr)
    told = []
    for proxied in (True, False):
        with socket.create_server(("127.0.0.1", 0)) as listener:
            server = create(app, listener, proxied)
            thread = Thread(target=server.run, daemon=True)
            thread.start()
            address = f"http://127.0.0.1:{listener.getsockname()[1]}/"
            with urlopen(Request(address, headers={"X-Forwarded-For": "198.51.100.9, 192.0.2.7"})) as answer:
                told.append(answer.read().decode())
            server.trigger.pull_trigger(server.close)
            thread.join(10)

    assert told == ["192.0.2.7", "127.0.0.1"]


# The account


def test_one_changes_the_password_oneself_and_is_logged_out_elsewhere_alone(base, app):
    here, elsewhere = logged_in(base, name="lee", app=app), logged_in(base, name="lee", app=app)
    new = "four quite plain words"
    wrong = here.post("/account", data={"old": "no", "new": new, "again": new})
    short = here.post("/account", data={"old": PASSWORD, "new": "short", "again": "short"})
    twice = here.post("/account", data={"old": PASSWORD, "new": new, "again": new + "s"})
    done = here.post("/account", data={"old": PASSWORD, "new": new, "again": new})
    page, other = here.get(done.headers["Location"]), elsewhere.get("/account")
    again = log_in(app.test_client(), "lee", new)
    Users(base.home).remove("lee")

    assert [each.status_code for each in (wrong, short, twice)] == [422] * 3
    assert "The password until now is another one" in words(wrong.text)
    assert "A password has 8 to 1,000 characters" in words(short.text)
    assert "not typed the same twice" in words(twice.text)
    assert PASSWORD not in wrong.text + short.text + twice.text and new not in twice.text
    assert page.status_code == 200 and "The password is changed" in words(page.text)
    assert other.status_code == 302 and again.status_code == 303


def test_pages_of_accounts_are_whole(base, visitor):
    for page in (visitor.get("/login"), logged_in(base).get("/account")):
        assert page.status_code == 200 and Markup.of(page.text).wrong == []
        assert page.headers["Cache-Control"] == "private, no-store"
        assert page.headers["Content-Security-Policy"].startswith("default-src 'self'")


# What is kept


def test_accounts_and_the_key_are_for_their_owner_alone_and_hold_no_password(users):
    users.add("anna", "a password nobody knows")
    key = secret(users._home)
    files = [users.path, users.path.with_name("secret")]

    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
    assert secret(users._home) == key and len(key) == 64
    assert "nobody knows" not in users.path.read_text()
    assert json.loads(users.path.read_text())["anna"]["password"].startswith("scrypt:32768:8:1$")
    assert stat.S_IMODE(users.path.parent.stat().st_mode) == 0o700
    assert users.known("anna", "a password nobody knows") and not users.known("anna", "a password")


@pytest.mark.parametrize("name", ["", "Anna", "a b", "../x", "a--b", "-a", "ä", "a" * 51, "a\n"])
def test_the_name_of_an_account_is_a_plain_id(users, name):
    with pytest.raises(BadQuery, match="small letters, digits and single hyphens"):
        users.add(name, PASSWORD)


def test_a_password_is_the_same_however_its_accents_are_typed(users):
    users.add("anna", "cafe\u0301 au lait")

    assert users.known("anna", "caf\u00e9 au lait")


def test_many_sessions_begin_at_once_and_the_oldest_end(base, users):
    have_account(base, "max")
    kept = Users(base.home)
    begun = []
    threads = [Thread(target=lambda: begun.append(kept.begin("max"))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    alive = [kept.in_session("max", word) is not None for word in begun]
    for _ in range(SESSIONS):
        kept.begin("max")
    later = [kept.in_session("max", word) for word in begun]
    kept.remove("max")

    assert alive == [True] * 8 and later == [None] * 8


def test_a_damaged_list_of_accounts_lets_nobody_in_and_pages_are_read_all_the_same(toy, stub_encoder, base):
    users = Users(Home(toy))
    have = Users(base.home).path
    have_account(base)
    users._home.private()
    users.path.write_text(have.read_text()[:40])

    with pytest.raises(BadHome, match=r"users.json: is no list of accounts any more"):
        users.all()


def test_who_is_logged_in_is_looked_up_once_for_each_request(base):
    app = logged_in(base).application
    with app.test_request_context("/"):
        assert account() is None and "account" in g
