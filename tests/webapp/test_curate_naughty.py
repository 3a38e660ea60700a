"""Whatever a curator or a stranger sends to the pages that write: an answer in a sentence, and nothing is lost."""

import json
import re
from types import SimpleNamespace
from urllib.parse import quote

import pytest
from conftest import lay_toy
from curate_forms import HERE, SCRIPT, fields, form
from flask.wrappers import Request
from markup import Markup
from naughty import MARK, OURS, listed, some
from test_naughty import Seen
from writing import logged_in

from kb import KnowledgeBase
from kb.curation import Author
from webapp import create_app
from webapp.curate.drafts import Draft, Drafts

pytestmark = pytest.mark.slow  # each field of each page

PLAIN = "application/x-www-form-urlencoded"
ID = "testwell-2010"
ODD_IDS = [
    "..", "../reed-2001", "%2e%2e%2freed-2001", "a/b", "a%2Fb", ".hidden", "reed-2001.yaml", "reed-2001%00", "%00",
    "reed-2001%0a", "-", "a--b", "Reed-2001", "\u0433eed-2001", "reed\u20112001", "a" * 5000, "con", "%ff", " ", "'",
]  # fmt: skip
CONCEPTS, SOURCES = {"one": "barrier-distance", "into": "barrier-mistrust"}, {"one": "reed-2001", "into": ID}
SPLIT = {
    "concept": "barrier-distance",
    "new": "barrier-mistrust",
    "row": "reed-2001",
    "to:reed-2001": "x",
    "offset": "0",
}
WORDS = {  # without which a view reads nothing else
    "curate.set_status": {"status": "draft", "was": "x", "why": ""},
    "curate.quote": {"id": ID, "words": "x"},
    "curate.delete": {"id": "no-such-1999", "was": ""},
    "curate.undelete": {"id": "no-such-1999"},
    "curate.revert": {"commit": "0" * 40, "path": "corpus/reed-2001.yaml"},
    "curate.merge_concepts": CONCEPTS,
    "curate.merge_concepts_now": {**CONCEPTS, "seen": "x"},
    "curate.merge_sources": {**SOURCES, "take": "title"},
    "curate.merge_sources_now": {**SOURCES, "take": "title", "seen": "x"},
    "curate.retag": SPLIT,
    "curate.retag_now": SPLIT,
}
SENT_ALONE = {
    "search.judge",
    "sparql.sparql",
    "curate.preview",
    "accounts.change",
    "accounts.log_out",
}  # tried elsewhere


class Posted(Request):
    """Notes which fields each view looks up."""

    parameter_storage_class = Seen


@pytest.fixture(scope="module")
def desk(stub_encoder, tmp_path_factory):
    """A toy home of its own with an editor at work; *address* gives an example of each rule."""
    base = KnowledgeBase(lay_toy(tmp_path_factory.mktemp("odd") / "home"), encoder=stub_encoder)
    base.build()
    app = create_app(base, writable=True)
    app.request_class = Posted
    client = logged_in(base, "editor", "ed", app=app)
    desk = SimpleNamespace(base=base, app=app, client=client)
    desk.draft = begun(desk, "book").rpartition("/")[2]
    base.curation.set_status("tarn-1987", "draft", None, Author("ed", "Ed", "e@x"))
    commit = base.curation.history.head
    desk.examples = {"id": ID, "token": desk.draft, "name": "review", "commit": commit, "path": ID}
    yield desk
    base.close()


def rules(desk, method):
    """The addresses of the desk and of the history that take a method."""
    for rule in desk.app.url_map.iter_rules():
        ours = rule.endpoint.partition(".")[0] in ("curate", "accounts", "changes") or "history" in rule.rule
        if ours and method in rule.methods and rule.endpoint not in SENT_ALONE:
            yield rule


def address(rule, examples):
    if "/concept/" in rule.rule and examples["id"] == ID:
        examples = {**examples, "id": "barrier-distance"}
    return re.sub(r"<(?:\w+:)?(\w+)>", lambda found: quote(examples[found[1]], safe="%"), rule.rule)


def wrong(answer, what):
    """What is wrong with an answer."""
    if answer.status_code >= 500 and answer.status_code not in (503, 507):
        yield f"{what}: {answer.status_code}"
    if MARK in str(answer.headers.get("Location", "")).lower().split("?")[0]:
        yield f"{what}: led to {answer.headers['Location'][:100]}"
    if answer.mimetype == "text/html" and answer.status_code not in (301, 302, 303, 308):
        page = Markup.of(answer.text)
        yield from (f"{what}: {each}" for each in page.wrong)
        yield from (f"{what}: <{each}> came with the text" for each in page.tags if MARK in each)
        yield from (f"{what}: {each}= came with the text" for each in page.attributes if MARK in each)
    elif answer.mimetype.endswith("json"):
        json.loads(answer.data)


def files(desk):
    """All files around the home, but those that a server makes for itself."""
    top = desk.base.home.folder.parent
    return sorted(str(path) for path in top.rglob("*") if not {".kb", ".git", ".curation"} & set(path.parts))


def names(desk, rule, method):
    """The fields that a view takes, with values: those of its form, and those that it looks up."""
    at, words = address(rule, desk.examples), WORDS.get(rule.endpoint, {})
    if method == "POST":
        desk.client.post(at, data=words, content_type=PLAIN, headers=HERE)
    page = desk.client.get(at, headers=HERE, query_string=words)
    looked_up = {name for name in Seen.names[rule.endpoint] if name.isprintable()}
    shown = fields(page.text) if method == "POST" and page.status_code == 200 else {}
    return {name: "" for name in looked_up} | shown | words


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_each_field_of_each_page_takes_any_text(desk, method):
    texts, found, count = OURS + some(listed(), 60), [], 0
    for rule in rules(desk, method):
        if rule.endpoint == "curate.change_draft":
            continue  # the same as for a source
        at, taken = address(rule, desk.examples), names(desk, rule, method)
        kinds = {re.sub(r"\d+", "0", name): name for name in sorted(taken)}  # the second author is like the first
        some_of = list(kinds.values())[:: 3 if len(kinds) > 40 else 1]
        for number, name in enumerate(some_of):
            odd = texts[(7 * number + len(at)) % len(texts)]
            sent = {**taken, name: odd}
            how = {"query_string": sent} if method == "GET" else {"data": sent, "content_type": PLAIN}
            found += wrong(desk.client.open(at, method=method, headers=HERE, **how), f"{rule.rule} {name}={odd[:40]!r}")
            count += 1
    desk.base.build(wait=20)

    assert found == [] and count > 30
    assert [each for each in desk.base.check() if each.check == "unreadable"] == []


def test_each_text_is_text_in_the_title_of_a_work_and_is_kept_as_it_was_typed(desk):
    at = f"/curate/draft/{desk.draft}"
    first = form(desk.client, at)
    for odd in OURS:
        sent = {**first, "title": odd, "do": "keep"}
        answer = desk.client.post(at, data=sent, content_type=PLAIN, headers=SCRIPT)
        shown = desk.client.get(at, headers=HERE)

        assert list(wrong(answer, odd)) + list(wrong(shown, odd)) == []
        assert " ".join(fields(shown.text)["title"][0].split()) == " ".join(odd.split())


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_odd_ids_lead_nowhere(desk, method):
    before, found = files(desk), []
    for rule in rules(desk, method):
        for argument in rule.arguments & {"id", "token", "name", "commit"}:
            for odd in ODD_IDS:
                at = address(rule, {**desk.examples, argument: odd})
                answer = desk.client.open(at, method=method, data={} if method == "POST" else None, headers=HERE)
                found += wrong(answer, f"{method} {at[:80]}")
                if answer.status_code < 300 and f"<{argument}>" in rule.rule:
                    found.append(f"{method} {at[:80]}: {answer.status_code}")

    assert found == [] and files(desk) == before


SHAPES = {
    "claims that are a text": {"claims": "all of it"},
    "a claim that is a text": {"claims.0": "all of it"},
    "a title that is a list": {"title.0": "a", "title.1": "b"},
    "a title twice": {"title": ["a", "b"]},
    "authors that are a text": {"authors": "Smith"},
    "a name of lists": {"authors.0.family.0.0": "Smith"},
    "a place beyond all": {"claims.999999999.text": "far"},
    "a negative place": {"claims.-1.text": "before"},
    "a place that is no number": {"claims.x.text": "x", "claims..text": "y", "claims.١.text": "z"},
    "a key of another world": {"__proto__.x": "1", "constructor": "2", "__class__.__init__": "3"},
    "keys of the file that no field has": {"extra.a": "b", "id": "../../x", "@id": "http://x", "<<": "*x"},
    "a place as deep as can be": {".".join(["claims", "0"] * 500): "deep"},
    "a long name": {"a" * 20_000: "b"},
    "asserts that are no lists": {"claims.0.asserts": "x", "claims.0.asserts.0": "y"},
    "two objects in a relation": {"claims.0.asserts.0.object": ["a", "b"], "claims.0.asserts.0.relation": "no such"},
    "odd things beside the data": {"was": "x", "revision": "-1", "message": "m" * 5000, "style": "no such", "at": "<"},
    "a status that there is not": {"status": "published", "statusBy": "../x", "statusDate": "yesterday"},
}


@pytest.mark.parametrize("token", [ID, ""], ids=["source", "draft"])
def test_fields_of_the_wrong_shape_break_nothing_and_lose_nothing(desk, token):
    for shape, odd in SHAPES.items():
        at = f"/curate/source/{token}" if token else begun(desk, "book")
        before, found = form(desk.client, at), []
        for do, headers in (("keep", SCRIPT), ("save", HERE)):
            sent = {**before, "note": f"typed with {do}", **odd, "do": do}
            answer = desk.client.post(at, data=sent, content_type=PLAIN, headers=headers)
            found += wrong(answer, f"{shape} {do}")
        refused = answer.status_code == 400 and re.search("open the form again|is no place in a source", answer.text)
        kept = desk.client.get(at, headers=HERE)
        desk.client.post(at, data={"do": "discard"}, content_type=PLAIN)

        assert found == []
        assert refused or "typed with" in kept.text or answer.status_code == 303, shape  # the last one was saved


def begun(desk, type):
    """The address of the form for a new source."""
    answer = desk.client.post("/curate/new", data={"do": "begin", "type": type})
    return answer.location.partition("?")[0]


DOS = [
    "", "explode", "add:", "add:claims.99.asserts", "add:../../x", "remove:claims.99", "remove:", "remove:title",
    "up:claims.0", "down:claims.-1", "accept:=", "accept:subjects=no-such", "accept:subjects=../x", "reject:",
    "reject:no-such", "unreject:barrier-distance", "propose:", "propose:claims.7.about", "add:" + "x." * 2000,
    "save:now", "<kbmark>", "keep\nsave", ":", "add:claims" * 300,
]  # fmt: skip


def test_a_button_that_there_is_not_or_not_there_does_nothing(desk):
    at, before = f"/curate/source/{ID}", desk.base.curation.text(ID)
    shown = form(desk.client, at)
    for number, do in enumerate(DOS):
        typed = f"typed as number {number}"
        answer = desk.client.post(at, data={**shown, "note": typed, "do": do}, content_type=PLAIN, headers=HERE)

        assert list(wrong(answer, do)) == []
        assert typed in (answer.text if answer.status_code != 303 else desk.client.get(at, headers=HERE).text), do
    assert desk.base.curation.text(ID) == before
    desk.client.post(at, data={"do": "discard"}, content_type=PLAIN)


def test_a_form_of_which_nothing_has_come_through_deletes_nothing(desk):
    before = desk.base.curation.text(ID)
    for do in ("keep", "preview", "save"):
        for sent in ({"do": do}, {"do": do, "title": "All that came through"}):
            answer = desk.client.post(f"/curate/source/{ID}", data=sent, content_type=PLAIN, headers=HERE)
            assert list(wrong(answer, f"{do} {sent}")) == []
    desk.client.post(f"/curate/source/{ID}", data={"do": "discard"}, content_type=PLAIN)

    now = desk.base.curation.text(ID)[0]
    assert now.count("- id:") == before[0].count("- id:") and "authors:" in now


def test_a_megabyte_in_any_field_is_answered_and_what_can_be_kept_is(desk):
    at, much = f"/curate/draft/{desk.draft}", "many words " * 95_000
    shown = form(desk.client, at)
    for name in ("title", "issued", "authors.0.family", "subjects.add", "id", "message"):
        sent = {**shown, name: much, "do": "keep"}
        answer = desk.client.post(at, data=sent, content_type=PLAIN, headers=SCRIPT)
        assert list(wrong(answer, name)) == [] and answer.status_code in (200, 413), name
    others = {
        "/curate/new": ["pasted"],
        f"/curate/review/{ID}": ["why"],
        "/curate/suggest": ["text", "title"],
        "/login": ["name", "password"],
        "/curate/quote": ["words", "quote"],
    }
    for where, names in others.items():
        sent = {"status": "retracted", "id": ID} | dict.fromkeys(names, much)
        answer = desk.client.post(where, data=sent, content_type=PLAIN, headers=HERE)
        assert list(wrong(answer, where)) == [], where
    desk.client.post(at, data={**shown, "do": "keep"}, content_type=PLAIN)


def test_a_hundred_claims_and_thousands_of_fields_are_answered(desk):
    at = begun(desk, "book")
    claims = {f"claims.{n}.text": f"Claim {n} says something." for n in range(100)}
    for sent in (claims, {f"f{n}": "x" for n in range(20_000)}):
        answer = desk.client.post(at, data={**form(desk.client, at), **sent, "do": "keep"}, content_type=PLAIN,
                                  headers=SCRIPT)  # fmt: skip
        assert list(wrong(answer, "many")) == [] and answer.status_code in (200, 400, 413)
    desk.client.post(at, data={"do": "discard"}, content_type=PLAIN)


def test_a_review_that_is_sent_twice_is_one_review(desk):
    was = form(desk.client, "/curate/review/reed-2001")
    sent = {"was": re.search(r'name="was" value="(\w+)"', desk.client.get("/curate/review/reed-2001").text)[1],
            "status": "reviewed", "why": ""}  # fmt: skip
    first, second = (desk.client.post("/curate/review/reed-2001", data=sent) for _ in "ab")

    assert was == {} and first.location == second.location == "/curate/worklist/review?done=reed-2001"
    assert [each.message for each in desk.base.curation.history.log("corpus/reed-2001.yaml")].count(
        "Mark reed-2001 as reviewed"
    ) == 1


ODD = ["title.x", "authors.0.family.x", "authors", "subjects.0.a", "cites.0.x", "claims", "claims.0.asserts",
       "claims.0.text.x", "claims.0.about.0.a", "claims.0.asserts.0.subject.x", "treats", "extra", "seenIn.0.a",
       "note.a", "issued.0.a", "doi.x", "type.x", "claims.0.note.x", "foo.x", "extra.language.x", "missing.0.a",
       "url.0.a"]  # fmt: skip


@pytest.mark.parametrize("name", ODD)
def test_a_field_of_another_shape_breaks_no_form_and_no_desk(desk, name):
    where = f"/curate/source/{ID}"
    whole = form(desk.client, where)
    sent = {key: value for key, value in whole.items() if not key.startswith(f"{name}.")}
    answers = [desk.client.post(where, data={**each, name: "q", "do": "keep"}, content_type=PLAIN, headers=HERE)
               for each in (sent, {"type": "book"})]  # fmt: skip
    pages = [desk.client.get(at, headers=HERE) for at in (where, "/curate", f"{where}?show=changes")]
    desk.client.post(where, data={"do": "discard"}, content_type=PLAIN)

    assert {each.status_code for each in answers} <= {303, 400}, [each.text for each in answers]
    assert [each.status_code for each in pages] == [200, 200, 200]


def test_no_field_and_no_button_gives_another_status(desk):
    where = f"/curate/source/{ID}"
    before = desk.base.corpus[ID].data
    data = {**form(desk.client, where), "status": "retracted", "statusBy": "x", "statusNote": "y", "status.x": "z"}
    for do in ("keep", "accept:status=retracted", "accept:statusNote=y", "accept:claims=x", "accept:title=x"):
        desk.client.post(where, data={**data, "do": do}, content_type=PLAIN, headers=HERE)
    shown = desk.client.post(where, data={**data, "issued": "2011", "do": "preview"}, content_type=PLAIN, headers=HERE)
    page = desk.client.get(shown.location).text
    desk.client.post(where, data={"do": "discard"}, content_type=PLAIN)

    assert "2011" in page and "retracted" not in page and "statusNote" not in page
    assert desk.base.corpus[ID].data == before


def test_a_draft_that_no_form_shows_can_be_thrown_away_on_the_desk(desk):
    drafts = Drafts.of(desk.base.home.private(), "ed")
    drafts.keep(Draft(ID, ID, None, "", {"title": {"x": "y"}, "authors": "q", "subjects": [{"a": "b"}]}))
    form_page, page = (desk.client.get(at, headers=HERE) for at in (f"/curate/source/{ID}", "/curate"))
    desk.client.post(f"/curate/source/{ID}", data={"do": "discard"}, content_type=PLAIN)

    assert form_page.status_code == 422 and "Throw it away on your desk" in form_page.text
    assert page.status_code == 200 and f"/curate/source/{ID}" in page.text
    assert desk.client.get(f"/curate/source/{ID}", headers=HERE).status_code == 200
