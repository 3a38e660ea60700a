"""Drafts on the server."""

import os

import pytest

from kb import NotFound, TooLong
from kb.home import Home
from webapp.curate.drafts import DRAFT_BYTES, Draft, Drafts, NotKept, new_token
from webapp.users import Users


@pytest.fixture
def mine(tmp_path) -> Drafts:
    return Drafts.of(tmp_path, "anna")


def draft(token: str = "reed-2001", **data: str) -> Draft:
    return Draft(token, token, "etag", "type: book\n", {"title": "No", **data})


def test_a_draft_is_there_again_after_the_server_was_started_anew(mine, tmp_path):
    kept = mine.keep(draft(summary="a\n\u2028😀"))

    assert Drafts.of(tmp_path, "anna")["reed-2001"] == kept
    assert kept.when and kept.revision == 1


def test_another_account_never_sees_it(mine, tmp_path):
    mine.keep(draft())

    for other in ("ben", "an", "anna/..", "../anna", "", "Anna"):
        assert list(Drafts.of(tmp_path, other)) == []


def test_an_odd_name_of_an_account_leads_to_no_other_folder(tmp_path):
    for odd in ("../../x", "/etc", "..", ".", "a/b", "\0", "é" * 300):
        Drafts.of(tmp_path, odd).keep(draft())

        assert Drafts.of(tmp_path, odd).folder.parent == tmp_path / "drafts"


@pytest.mark.parametrize("token", ["../reed", "new_xyz", "", "a/b", "Reed", "new_" + "0" * 17])
def test_an_odd_token_names_no_draft(mine, token):
    with pytest.raises(NotFound, match="here no longer"):
        mine[token]
    with pytest.raises(NotFound):
        mine.keep(draft(token))


def test_the_one_written_last_comes_first(mine):
    for token in ("reed-2001", "tarn-1987", new_token()):
        last = mine.keep(draft(token))

    assert next(each.token for each in mine) == last.token and len(list(mine)) == 3


def test_what_another_window_has_written_meanwhile_is_put_aside_and_not_lost(mine):
    shown = mine.keep(draft())
    mine.keep(shown._replace(data={"title": "By one window"}))
    mine.keep(shown._replace(data={"title": "By the other"}))

    assert mine["reed-2001"].data["title"] == "By the other"
    assert sorted(each.data["title"] for each in mine) == ["By one window", "By the other"]
    assert [each.is_new for each in mine if each.data["title"] == "By one window"] == [True]


def test_a_discarded_draft_is_gone_and_discarding_it_again_is_no_error(mine):
    mine.keep(draft())
    mine.discard("reed-2001")
    mine.discard("reed-2001")

    assert mine.find("reed-2001") is None


def test_a_file_that_was_cut_short_hides_no_other_draft(mine):
    mine.keep(draft())
    (mine.folder / "tarn-1987.json").write_text('{"token": "tarn-19', encoding="utf-8")

    assert [each.token for each in mine] == ["reed-2001"]


def test_a_draft_that_is_too_large_is_refused_with_its_size(mine):
    with pytest.raises(TooLong, match=r"has 8\.0 MB; up to 8 MB are kept"):
        mine.keep(draft(summary="x" * DRAFT_BYTES))


def test_there_are_no_more_drafts_than_a_number(mine):
    mine = Drafts(mine.folder, most=2)
    mine.keep(draft("reed-2001"))
    mine.keep(mine.keep(draft("tarn-1987")))

    with pytest.raises(TooLong, match="You have 2 drafts"):
        mine.keep(draft("sandhill-1998"))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_where_nothing_can_be_written_it_says_so_and_why(mine, tmp_path):
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(NotKept, match="cannot be kept on the server"):
            mine.keep(draft())
    finally:
        tmp_path.chmod(0o700)


def test_a_folder_that_is_in_the_way_is_told_as_a_reason(mine, tmp_path):
    (tmp_path / "drafts").write_text("", encoding="utf-8")

    with pytest.raises(NotKept, match="cannot be kept on the server"):
        mine.keep(draft())


def test_who_gets_a_name_that_was_another_persons_does_not_get_that_persons_drafts(tmp_path):
    home = Home(tmp_path)
    users = Users(home)
    users.add("anna", "three plain words")
    Drafts.of(home.private(), "anna").keep(draft(summary="By the first Anna"))
    users.remove("anna")
    users.add("anna", "three other words")
    away = [path.read_text() for path in (home.curation / "drafts").rglob("*.json")]

    assert list(Drafts.of(home.private(), "anna")) == []
    assert len(away) == 1 and "By the first Anna" in away[0]
