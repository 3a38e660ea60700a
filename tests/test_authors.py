"""Authors: one page for each name, whatever works make of its letters; nobody is merged by guess."""

import pytest

from kb import BadHome, KnowledgeBase, NotFound
from kb.plain import plain

WORK = "type: {type}\nstate: complete\ntitle: {title}\nissued: {year}\nsubjects: [{subject}]\n"
CLAIM = '  - {{id: "#c{n}", text: "{text}", basis: {basis}, about: [barrier-distance]}}\n'


def work(home, id, names, year=2000, type="book", subject="barrier-distance", title="A book", claims=()):
    text = WORK.format(type=type, title=title, year=year, subject=subject) + names + "\n"
    text += "claims:\n" if claims else ""
    text += "".join(CLAIM.format(n=n, text=text, basis=basis) for n, (text, basis) in enumerate(claims, 1))
    (home / "corpus" / f"{id}.yaml").write_text(text, encoding="utf-8")


@pytest.fixture
def opened(toy, stub_encoder):
    """A function that writes works into a toy home and builds it."""

    def build(*works):
        for number, (names, more) in enumerate(works):
            work(toy, f"work-{number}", names, **more)
        base = KnowledgeBase(toy, encoder=stub_encoder)
        base.build()
        return base

    return build


def test_spellings_of_a_name_are_one_person_called_as_most_works_do(opened):
    base = opened(
        ("authors: [{family: Bäckstrand, given: Karin}]", {}),
        ("authors: [{family: Backstrand, given: Karin}]", {}),
        ("authors: [{family: Bäckstrand, given: Karin}, {family: Lund, given: A.}]", {"year": 2004}),
        ("editors: [{family: Lund, given: A.}, {family: BACKSTRAND, given: KARIN}]", {"year": 1999}),
    )
    view = base.author("backstrand-karin")

    assert (view.name, view.called) == ("Bäckstrand, Karin", "Karin Bäckstrand")
    assert [(each.family, each.works) for each in view.spellings] == [
        ("Bäckstrand", 2), ("BACKSTRAND", 1), ("Backstrand", 1),
    ]  # fmt: skip
    assert [(each.source.id, each.year, each.roles) for each in view.works] == [
        ("work-3", "1999", ("editor",)), ("work-0", "2000", ("author",)), ("work-1", "2000", ("author",)),
        ("work-2", "2004", ("author",)),
    ]  # fmt: skip
    assert (view.first, view.last) == ("1999", "2004")
    assert [(each.id, each.works) for each in view.colleagues] == [("lund-a", 2)]
    assert [(each.concept.id, each.works) for each in view.concepts] == [("barrier-distance", 4)]


def test_initials_are_nobody_else_but_lead_to_who_it_may_be(opened):
    base = opened(
        ("authors: [{family: Gray, given: Barbara}]", {}),
        ("authors: [{family: Gray, given: B.}]", {}),
        ("authors: [{family: Gray, given: Maryke}]", {}),
        ("authors: [{family: Gray}]", {}),
        ("authors: [{literal: Gray}]", {}),
    )
    ids = {each.id for each in base.authors("gray")}
    [body] = (each for each in base.authors("gray") if each.spellings[0].body)

    assert len(ids) == 5 and {"gray-barbara", "gray-b", "gray-maryke"} < ids
    assert {each.id for each in base.author("gray-b").alike} == ids - {"gray-b", "gray-maryke", body.id}
    assert base.author(body.id).alike == ()
    assert [work.source.id for work in base.author("gray-b").works] == ["work-1"]
    assert [work.source.id for work in base.author(body.id).works] == ["work-4"]
    assert len({base.author(id).works for id in ids}) == 5


def test_an_editor_is_no_author_of_the_chapters_in_the_book(opened):
    chapter = "authors: [{family: Lund, given: A.}]\neditors: [{family: Mo, given: E.}]"
    claims = [("Rivers part towns.", "text")]
    base = opened(
        (chapter, {"type": "chapter", "claims": claims}),
        ("editors: [{family: Mo, given: E.}]", {"subject": "practice-shared-rules", "claims": claims}),
    )
    editor = base.author("mo-e")

    assert [(each.source.id, each.roles) for each in editor.works] == [
        ("work-0", ("editor",)), ("work-1", ("editor",)),
    ]  # fmt: skip
    assert [claim.id for claim in editor.claims] == ["work-1#c1"]
    assert [each.concept.id for each in editor.concepts] == ["practice-shared-rules"]
    assert editor.colleagues == () == base.author("lund-a").colleagues


def test_claims_of_an_author_come_by_strength(opened):
    claims = [("One.", "recalled"), ("Two.", "text"), ("Three.", "abstract"), ("Four.", "text")]
    base = opened(("authors: [{family: Lund}]", {"claims": claims}))

    assert [claim.text for claim in base.author("lund").claims] == ["Two.", "Four.", "Three.", "One."]


def test_who_is_author_and_editor_of_a_work_is_both_and_counts_once(opened):
    base = opened(("authors: [{family: Lund}]\neditors: [{family: Lund}]", {}))

    assert base.author("lund").works[0].roles == ("author", "editor")
    assert base.authors("lund")[0].works == 1 and base.complete("lund")[0].note == "1 work"


def test_a_completion_of_an_author_has_the_id_of_the_page(opened):
    base = opened(
        ("authors: [{family: Bäckstrand, given: Karin}, {family: van Berg, given: An}]", {}),
        ("authors: [{family: BACKSTRAND, given: Karin}, {family: van, given: Berg An}]", {}),
        ("authors: [{literal: 'Lund, Mo and Co'}]", {}),
        ("authors: [{family: Lund, given: Mo and Co}, {family: Backstrand, given: K.}]", {}),
    )
    found = {each.id for word in ("backstrand", "berg", "lund", "reed") for each in base.complete(word, 50, "author")}

    assert found == {each.id for each in base.authors() if each.name.startswith(("B", "v", "L", "Reed"))}
    assert [base.author(id).id for id in found] == list(found)


def test_names_are_text_whatever_is_in_them(opened):
    odd = ['O"Brien\\', "} UNION { ?s ?p ?o } #", "<script>alert(1)</script>", "{{ 7 * 7 }}", "a\\nb"]
    base = opened(*((f"authors: [{{family: {name!r}, given: '\"'}}]", {}) for name in odd))

    assert len(base.authors()) == 5 + len(odd) + 1
    for ref in base.authors():
        assert len(base.author(ref.id).works) == ref.works == 1


def test_an_author_who_is_not_there_is_told_with_the_nearest_one(base):
    with pytest.raises(NotFound, match=r"no author 'testwel-t' \(did you mean 'testwell-t'\?\)"):
        base.author("testwel-t")


def test_authors_are_found_by_the_beginnings_of_their_names(base):
    assert [each.id for each in base.authors()] == [
        "marlow-ada", "quist-ben", "reed-ida", "sandhill-mill-board", "tarn", "testwell-t",
    ]  # fmt: skip
    assert [each.id for each in base.authors("MILL san")] == ["sandhill-mill-board"]
    assert base.authors("ill") == () and base.authors("…") == base.authors()
    assert [(each.letter, each.works) for each in base.authors("quist")] == [("Q", 1)]


def test_a_query_about_people_that_has_no_place_for_names_says_what_to_do(opened, toy):
    base = opened()
    (toy / "ontology" / "queries" / "author-works.rq").write_text("SELECT * { VALUES ?this {} }")

    with pytest.raises(BadHome, match=r"author-works\.rq has no `VALUES \(\?as \?name \?given\) \{\}`"):
        base.author("reed-ida")


@pytest.mark.real
def test_every_name_of_the_corpus_leads_to_a_page_with_its_works(real_base):
    listed = {ref.id: ref for ref in real_base.authors()}
    completed = {each.id for ref in listed.values() for each in real_base.complete(ref.name, 50, "author")}
    works = {}
    for id in listed:
        view = real_base.author(id)
        works |= {(id, work.source.id): work.roles for work in view.works}
        assert len(view.works) == listed[id].works and view.name == listed[id].name
        assert all(real_base.author(other.id).alike for other in view.alike)
    named = real_base.generation.views().author_id

    assert completed == listed.keys()
    assert works.keys() == {
        (named(each), source.id) for source in real_base.corpus for role in ("authors", "editors")
        for each in source.data.get(role) or ()
    }  # fmt: skip
    assert plain(real_base.author("gray-barbara"))["alike"] == []
