"""Saves of files: all or nothing, in the curator's name, and whatever is in the way is said and loses nothing."""

import errno
import fcntl
import os
import resource
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from kb.errors import BadSource, Busy, Conflict, NotSaved
from kb.home import Home
from kb.saving import Author, Change, Saving, etag, files
from kb.saving.changes import read
from kb.saving.git import Locked
from kb.saving.history import BEGIN, OUTSIDE
from kb.saving.journal import ACCEPTED, WRITTEN, Journal
from kb.saving.merging import merge

ANNA, BEN = Author("anna", "Anna Smith", "anna@localhost"), Author("ben", "Ben Moor", "ben@localhost")
REED, TARN = "corpus/reed-2001.yaml", "corpus/tarn-1987.yaml"


def lay(folder: Path) -> Saving:
    """A home with two sources, which git does not know yet."""
    for part in ("corpus", "ontology"):
        (folder / part).mkdir(parents=True)
    (folder / REED).write_text("type: book\ntitle: Reeds\nissued: 2001\n")
    (folder / TARN).write_text("type: book\ntitle: Tarns\n")
    (folder / "ontology/words.ttl").write_text("# words\n")
    return Saving(Home(folder))


def git(saving: Saving, *words: str) -> str:
    """What a command of git prints, as a person runs it."""
    named = ("-c", "user.name=Shell User", "-c", "user.email=shell@localhost")
    done = subprocess.run(["git", *named, *words], cwd=saving.home.folder, check=True, capture_output=True, text=True)
    return done.stdout


def change(saving: Saving, path: str = REED, line: str = "volume: 1\n") -> Change:
    """A change of a file, which gets a line at its end."""
    text = read(saving.home.folder / path)
    return Change(path, text + line, etag(text))


def told(saving: Saving) -> list[tuple[str, str]]:
    """Author and message of each commit, the newest first."""
    return [(each.author, each.message) for each in saving.history.log()]


def waiting(saving: Saving) -> list[str]:
    """The files of the journal."""
    return sorted(each.name for each in (saving.home.curation / "saves").iterdir())


@pytest.fixture
def saving(tmp_path) -> Saving:
    return lay(tmp_path / "home")


@pytest.fixture(scope="module")
def kept(tmp_path_factory) -> Saving:
    """A home with a history, whose tests put things right again."""
    saving = lay(tmp_path_factory.mktemp("kept") / "home")
    saving.save([change(saving)], ANNA, "Begin")
    return saving


# A save


def test_a_save_is_a_commit_in_the_curators_name_and_what_was_before_it_stands_apart(saving):
    (saving.home.folder / "corpus/reed-2001.txt").write_text("not for publication\n")
    saved = saving.save([change(saving)], ANNA, "Add a volume\n\nAs on the spine.")

    assert (saved.problem, saved.paths) == ("", (REED,))
    assert told(saving) == [("Anna Smith", "Add a volume\n\nAs on the spine."), (OUTSIDE.name, BEGIN)]
    assert saving.history.log(REED)[0].id == saved.commit
    assert git(saving, "status", "--porcelain") == ""
    assert set(git(saving, "ls-files").split()) == {".gitignore", REED, TARN, "ontology/words.ttl"}
    assert waiting(saving) == []


def test_of_two_who_save_the_same_file_the_second_is_told_and_nothing_is_written(kept):
    ours, theirs = change(kept, line="# ours\n"), change(kept, line="# theirs\n")
    kept.save([theirs], BEN, "First")

    with pytest.raises(Conflict, match=r"reed-2001\.yaml: has changed, by somebody else; nothing was written"):
        kept.save([change(kept, TARN), ours], ANNA, "Second")
    with pytest.raises(Conflict, match="is there already"):
        kept.save([Change(TARN, "type: book\n", None)], ANNA, "New")
    with pytest.raises(Conflict, match="is here no longer"):
        kept.save([Change("corpus/gone.yaml", "type: book\n", etag("x"))], ANNA, "Old")
    assert told(kept)[0] == ("Ben Moor", "First")
    assert read(kept.home.folder / REED) == theirs.text


def test_what_was_changed_outside_is_committed_apart_before_a_save_stands_over_it(kept):
    path = kept.home.folder / REED
    path.write_text(read(path) + "# by an editor\n")
    kept.save([change(kept, line="# by Anna\n")], ANNA, "Over it")

    assert told(kept)[:2] == [("Anna Smith", "Over it"), (OUTSIDE.name, "Take in changes made outside the pages")]
    diff = git(kept, "show", "HEAD", "--format=", "-U0")
    assert "+# by Anna" in diff and "+# by an editor" not in diff


def test_what_others_have_staged_stays_staged_and_is_not_committed(kept):
    (kept.home.folder / "corpus/staged.yaml").write_text("type: book\n")
    git(kept, "add", "corpus/staged.yaml")
    kept.save([change(kept, TARN)], ANNA, "Beside it")

    assert git(kept, "diff", "--cached", "--name-only").split() == ["corpus/staged.yaml"]
    assert kept.history.log(limit=1)[0].paths == (TARN,)
    git(kept, "rm", "--quiet", "-f", "corpus/staged.yaml")


@pytest.mark.parametrize("name", ["Anna\nSmith <x@y>", "", "  ", "\0\x1f", "A" * 5000, "Ånna “S” \\ é", "a, b; c."])
def test_a_name_of_any_letters_makes_a_commit(kept, name):
    message = f"{name} changed it \x1e\x1f\0" + "long " * 3000
    saved = kept.save([change(kept, line=f"# {time.time_ns()}\n")], Author("anna", name, f"{name}@x"), message)

    assert (saved.problem, kept.history.log(limit=1)[0].id) == ("", saved.commit)
    assert kept.history.log(limit=1)[0].author


@pytest.mark.parametrize(
    "path",
    ["../x.yaml", "/etc/x", "corpus/../../x", "corpus", ".git/config", "corpus/.x", "corpus/a\0b", "x.yaml", "",
     "corpus//x.yaml", "./corpus/x.yaml", "corpus/./x.yaml", "corpus/x.yaml/"],
)  # fmt: skip
def test_no_other_file_can_be_saved(kept, path):
    with pytest.raises(BadSource, match="is no file that can be saved here"):
        kept.save([Change(path, "x", None)], ANNA, "Trick")


def test_saving_the_same_again_is_no_commit(kept):
    head, text = kept.history.head, read(kept.home.folder / REED)

    assert kept.save([Change(REED, text, etag(text))], ANNA, "Nothing").commit == head == kept.history.head


def test_line_ends_stay_and_only_the_changed_line_differs(kept):
    for crlf in ("false", "true"):
        git(kept, "config", "core.autocrlf", crlf)
        path = f"corpus/ends-{crlf}.yaml"
        kept.save([Change(path, "type: book\r\ntitle: A\r\n", None)], ANNA, "New")
        text = read(kept.home.folder / path)
        kept.save([Change(path, text.replace("A", "B"), etag(text))], ANNA, "Changed")

        assert read(kept.home.folder / path) == "type: book\r\ntitle: B\r\n"
        assert git(kept, "status", "--porcelain") == ""
        assert git(kept, "show", "--numstat", "--format=").split() == ["1", "1", path]
        kept.save([Change(path, None, etag("type: book\r\ntitle: B\r\n"))], ANNA, "Gone")
    git(kept, "config", "--unset", "core.autocrlf")


# Repositories


def test_a_home_in_a_larger_repository_commits_its_own_files_there(tmp_path):
    saving = lay(tmp_path / 'odd "näme\nof a folder')
    subprocess.run(["git", "init", "--quiet", "."], cwd=tmp_path, check=True)
    (tmp_path / "other").write_text("x")
    subprocess.run(["git", "add", "other"], cwd=tmp_path, check=True)
    saving.save([change(saving)], ANNA, "Deep in it")
    saving.save([Change("corpus/new.yaml", "type: book\n", None), change(saving)], ANNA, "Again")

    assert saving.history.log()[0].paths == ("corpus/new.yaml", REED)
    assert git(saving, "diff", "--cached", "--name-only").split() == ["other"]
    assert git(saving, "status", "--porcelain", ".") == ""


def test_a_folder_that_a_larger_repository_ignores_gets_one_of_its_own(tmp_path):
    subprocess.run(["git", "init", "--quiet", "."], cwd=tmp_path, check=True)
    (tmp_path / ".gitignore").write_text("home\n")
    saving = lay(tmp_path / "home")
    saving.save([change(saving)], ANNA, "Own")

    assert (saving.home.folder / ".git").is_dir()


def test_a_worktree_with_a_detached_head_and_without_a_name_for_git_is_as_good(kept, tmp_path):
    git(kept, "worktree", "add", "--quiet", "--detach", str(tmp_path / "tree"))
    saving = Saving(Home(tmp_path / "tree"))
    saving.save([change(saving)], ANNA, "Elsewhere")

    assert (told(saving)[0][1], git(saving, "status", "--porcelain")) == ("Elsewhere", "")
    assert told(kept)[0][1] != "Elsewhere"
    git(kept, "worktree", "remove", "--force", str(tmp_path / "tree"))


def test_hooks_and_signing_do_not_keep_a_save_from_being_committed(kept):
    hook = kept.home.folder / ".git/hooks/pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\nexit 1\n")
    hook.chmod(0o755)
    git(kept, "config", "commit.gpgSign", "true")
    saved = kept.save([change(kept, line="# hooked\n")], ANNA, "Signed")
    git(kept, "config", "--unset", "commit.gpgSign")
    hook.unlink()

    assert saved.problem == ""


# What is in the way


def test_while_a_merge_is_under_way_saves_wait_and_are_committed_in_their_order(kept):
    path = kept.home.folder / REED
    git(kept, "checkout", "--quiet", "-b", "side")
    kept.save([change(kept, TARN, "# side\n")], BEN, "On the side")
    git(kept, "checkout", "--quiet", "-")
    git(kept, "merge", "--quiet", "--no-ff", "--no-commit", "side")
    path.write_text(read(path) + "# by an editor\n")
    anna = kept.save([change(kept, line="# Anna in the merge\n")], ANNA, "Anna's")
    ben = kept.save([change(kept, line="# Ben in the merge\n")], BEN, "Ben's")
    for saved in (anna, ben):
        assert (saved.commit, read(path).count("in the merge")) == ("", 2)
        assert "a merge is under way" in saved.problem and "git commit, or git merge --abort" in saved.problem
        assert "the file is saved, and its commit follows by itself" in saved.problem
    git(kept, "commit", "--quiet", "-m", "Merged")

    assert kept.recover() == []
    assert [each for each in told(kept) if each[1] != "On the side"][:4] == [
        ("Ben Moor", "Ben's"),
        ("Anna Smith", "Anna's"),
        (OUTSIDE.name, "Take in changes made outside the pages"),
        ("Shell User", "Merged"),
    ]
    assert (git(kept, "status", "--porcelain"), waiting(kept)) == ("", [])


def test_a_lock_that_was_left_is_named_with_its_age_and_the_commit_follows_when_it_is_gone(kept, monkeypatch):
    monkeypatch.setattr("kb.saving.git.PATIENCE", 0.1)
    monkeypatch.setattr("kb.saving.history.PATIENCE", 0.1)
    lock = kept.home.folder / ".git/index.lock"
    lock.touch()
    os.utime(lock, (time.time() - 600, time.time() - 600))
    saved = kept.save([change(kept, line="# locked\n")], ANNA, "Locked")

    assert saved.commit == "" and f"{lock} is there since" in saved.problem
    assert "(10 minutes)" in saved.problem and "if no git runs, delete that file" in saved.problem
    assert read(kept.home.folder / REED).endswith("# locked\n")
    lock.unlink()
    assert kept.recover() == []
    assert told(kept)[0] == ("Anna Smith", "Locked")


def test_the_lock_of_a_git_of_ours_that_was_killed_goes_by_itself(kept, monkeypatch):
    monkeypatch.setattr("kb.saving.git.PATIENCE", 0.1)
    (kept.home.curation / "git-runs").touch()
    (kept.home.folder / ".git/index.lock").touch()

    assert kept.save([change(kept, line="# after a kill\n")], ANNA, "After it").problem == ""


def test_an_index_that_a_kill_has_left_behind_the_commit_is_brought_up_to_it(kept):
    saved = kept.save([Change("corpus/late.yaml", "type: book\n", None)], ANNA, "Late")
    git(kept, "rm", "--cached", "--quiet", "corpus/late.yaml")
    (kept.home.curation / "git-runs").write_text('["corpus/late.yaml"]')

    assert (kept.recover(), git(kept, "status", "--porcelain")) == ([], "")
    assert kept.history.head == saved.commit


def test_without_git_a_save_is_in_the_file_and_its_commit_follows_once_there_is_git(saving, monkeypatch):
    path = os.environ["PATH"]
    monkeypatch.setenv("PATH", "/nowhere")
    first = saving.save([change(saving)], ANNA, "One")
    second = saving.save([change(saving)], BEN, "Two")
    assert "git is not installed" in first.problem and "git is not installed" in second.problem
    assert read(saving.home.folder / REED).count("volume") == 2
    monkeypatch.setenv("PATH", path)

    assert saving.recover() == []
    assert [author for author, _ in told(saving)] == ["Ben Moor", "Anna Smith", OUTSIDE.name, OUTSIDE.name]
    assert git(saving, "show", "HEAD~1", "--format=", "-U0").count("+volume") == 1


def test_a_file_that_git_could_not_merge_is_not_edited_and_its_lines_are_named(kept):
    path = kept.home.folder / TARN
    before = read(path)
    path.write_text("type: book\n<<<<<<< HEAD\ntitle: A\n=======\ntitle: B\n>>>>>>> side\n")

    with pytest.raises(BadSource, match=r"tarn-1987\.yaml:2: .* lines 2–6 .* choose what is to stay"):
        kept.save([change(kept, TARN)], ANNA, "Over it")
    path.write_text(before)


def test_a_full_disk_is_said_and_leaves_nothing_of_a_save(kept, monkeypatch):
    """Where no small disk can be mounted, a limit on the size of files stands for one."""
    before, limits = read(kept.home.folder / REED), resource.getrlimit(resource.RLIMIT_FSIZE)
    large = change(kept, line="x" * 100_000)
    resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, limits[1]))
    try:
        with pytest.raises(NotSaved, match=r"File too large.*then save again; nothing was saved"):
            kept.save([change(kept, TARN), large], ANNA, "Large")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)

    assert (read(kept.home.folder / REED), waiting(kept)) == (before, [])
    assert list((kept.home.folder / "corpus").glob(".*.tmp")) == []


@pytest.mark.parametrize("place", ["saves", "corpus"])
def test_a_disk_that_is_full_when_the_journal_or_a_file_is_written_loses_nothing(kept, monkeypatch, place):
    real = os.fsync

    def full(handle: int) -> None:
        if f"/{place}/" in os.readlink(f"/proc/self/fd/{handle}"):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), f"{place}/x")
        real(handle)

    monkeypatch.setattr(os, "fsync", full)
    before = read(kept.home.folder / REED)
    with pytest.raises(NotSaved, match=f"{place}/x cannot be written: No space left on device: free some space"):
        kept.save([change(kept)], ANNA, "Full")

    assert (read(kept.home.folder / REED), waiting(kept)) == (before, [])
    assert list((kept.home.folder / "corpus").glob(".*.tmp")) == []


READ_ONLY = """
import os, sys
from pathlib import Path
from kb.errors import NotSaved
from kb.home import Home
from kb.saving import Author, Change, Saving, etag
from kb.saving.changes import read
os.setgid(65534); os.setuid(65534)
home = Home(Path(sys.argv[1]))
text = read(home.folder / "corpus/reed-2001.yaml")
try:
    Saving(home).save([Change("corpus/reed-2001.yaml", text + "#\\n", etag(text))], Author("a", "A", "a@b"), "x")
except NotSaved as error:
    print(error)
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody who may not write")
def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    with TemporaryDirectory() as folder:  # into which others may look, unlike that of the tests
        Path(folder).chmod(0o755)
        lay(Path(folder) / "home")
        script = [sys.executable, "-c", READ_ONLY, str(Path(folder) / "home")]
        done = subprocess.run(script, capture_output=True, text=True, cwd=Path(__file__).parents[2])

    assert "cannot be written: Permission denied: let the server write in" in done.stdout, done.stderr


def test_who_keeps_recovering_goes_on_when_a_folder_cannot_be_read_for_a_while(kept, monkeypatch):
    class Turns:
        left = 3

        def wait(self, seconds):
            self.left -= 1
            return self.left < 0

    def fails(*_):
        failed.append(1)
        raise PermissionError(13, "Permission denied", str(kept.home.curation))

    failed, turns = [], Turns()
    monkeypatch.setattr(type(kept._journal), "files", fails)
    kept.keep(print, turns)

    assert (turns.left, len(failed)) == (-1, 3)


def test_a_save_waits_for_another_and_then_says_so(kept):
    with kept.lock(), pytest.raises(Busy, match="another save is under way: try again"), kept.lock(0.05):
        pass


# After a kill


def test_an_accepted_save_that_was_not_written_is_ended_by_the_next_start(kept):
    journal = Journal(kept.home)
    journal.begin([change(kept, line="# accepted\n"), change(kept, TARN, "# too\n")], BEN, "Accepted")

    assert Saving(kept.home).recover() == []
    assert told(kept)[0] == ("Ben Moor", "Accepted")
    assert read(kept.home.folder / TARN).endswith("# too\n") and waiting(kept) == []


def test_a_save_of_which_one_file_was_written_is_ended_as_a_whole(kept):
    changes = [change(kept, line="# one\n"), change(kept, TARN, "# other\n")]
    Journal(kept.home).begin(changes, BEN, "Both")
    (kept.home.folder / REED).write_text(changes[0].text)
    kept.save([change(kept, "ontology/words.ttl")], ANNA, "Next")

    assert read(kept.home.folder / TARN) == changes[1].text
    assert told(kept)[:2] == [("Anna Smith", "Next"), ("Ben Moor", "Both")]


def test_a_commit_that_was_made_before_the_kill_is_not_made_again(kept):
    saved = change(kept, line="# committed\n")
    entry = Journal(kept.home).begin([saved], BEN, "Once", WRITTEN)
    (kept.home.folder / REED).write_text(saved.text)
    kept.history.commit({REED: saved.text.encode()}, BEN, "Once", entry.when)
    (kept.home.folder / REED).write_text(saved.text + "# later\n")
    git(kept, "commit", "--quiet", "-am", "By hand")

    assert kept.recover() == []
    assert told(kept)[:2] == [("Shell User", "By hand"), ("Ben Moor", "Once")]


def test_a_save_whose_file_was_changed_before_it_could_be_written_is_kept_and_told(kept):
    lost = change(kept, line="# Anna's\n")
    Journal(kept.home).begin([lost], ANNA, "Late")
    path = kept.home.folder / REED
    path.write_text(read(path) + "# somebody's\n")
    said = kept.recover()

    assert len(said) == 1 and "changed by somebody else before a save by Anna Smith (Late) could be written" in said[0]
    assert read(path).endswith("# somebody's\n") and waiting(kept) == []
    [found] = kept.lost()
    assert (found.author, found.paths) == (ANNA, (REED,)) and str(found.folder) in said[0]
    assert read(found.folder / "reed-2001.yaml") == lost.text
    assert kept.recover() == []


def test_what_is_unreadable_in_the_journal_is_set_aside(kept):
    (kept.home.curation / "saves" / f"{1:020d}.{ACCEPTED}.json").write_text('{"changes": [["cor')

    assert kept.recover() == []
    assert waiting(kept) == [f"{1:020d}.{ACCEPTED}.unreadable"]
    (kept.home.curation / "saves" / f"{1:020d}.{ACCEPTED}.unreadable").unlink()


def test_what_was_not_finished_by_a_process_that_is_gone_is_deleted(kept):
    gone = subprocess.Popen(["true"])
    gone.wait()
    left = [kept.home.corpus / f".x.yaml.7.{gone.pid}.tmp", kept.home.curation / f"saves/.1.json.7.{gone.pid}.tmp"]
    for path in left:
        path.touch()
    kept.recover()

    assert [path for path in left if path.exists()] == []


# Series


def test_files_that_are_written_one_by_one_become_one_commit(kept):
    with kept.series(ANNA, "Import") as series:
        for id in ("one", "two"):
            with series.writing(f"corpus/{id}.yaml"):
                (kept.home.corpus / f"{id}.yaml").write_text("type: book\n")
            kept.save([change(kept, line=f"# beside {id}\n")], BEN, f"Beside {id}")

    assert series.saved.problem == ""
    assert told(kept)[:3] == [("Anna Smith", "Import"), ("Ben Moor", "Beside two"), ("Ben Moor", "Beside one")]
    assert kept.history.log(limit=1)[0].paths == ("corpus/one.yaml", "corpus/two.yaml")


def test_what_a_killed_series_has_written_is_committed_in_its_authors_name(kept):
    entry, file = Journal(kept.home).begin_series(ANNA, "Import that was killed")
    file.write('"corpus/three.yaml"\n"corpus/fo')
    file.flush()
    (kept.home.corpus / "three.yaml").write_text("type: book\n")
    kept.recover()
    assert waiting(kept) == [entry.file.name]  # its process lives
    file.close()
    kept.recover()

    assert (told(kept)[0], waiting(kept)) == (("Anna Smith", "Import that was killed"), [])
    assert git(kept, "status", "--porcelain") == ""


def test_the_build_and_the_files_do_not_wait_for_each_other(base, stub_encoder):
    """The order is: file, write, commit, build. So a build must not ask for the lock of the files."""
    with base.curation.saving.lock(), (base.home.derived / "lock").open("a") as build:
        base.build()
        fcntl.flock(build, fcntl.LOCK_EX)


def test_two_texts_are_merged_line_by_line_with_the_line_ends_of_the_present_one():
    assert merge("a\r\nb\r\nc\r\nd\r\n", "a\nb\nc\n", "A\nb\nc\n").text == "A\r\nb\r\nc\r\nd\r\n"
    assert merge("1\n2\n3\n4\n5\nx\ny\n8\n", "1\n2\n3\n4\n5\n6\n7\n8\n", "1\n2\n3\n4\n5\nsix\n7\n8\n").lines == (
        (6, 7),
    )


def test_why_a_file_was_not_written_names_what_to_do(tmp_path):
    error = OSError(errno.EROFS, os.strerror(errno.EROFS), str(tmp_path / "corpus/x.yaml"))

    assert str(files.not_saved(error, tmp_path)) == (
        f"{tmp_path}/corpus/x.yaml cannot be written: Read-only file system: let the server write in "
        f"{tmp_path}/corpus, then save again; nothing was saved"
    )


def test_what_an_editor_writes_while_a_save_is_under_way_stays_and_the_save_is_refused(kept):
    mine, file, lost = change(kept), kept.home.folder / REED, kept.lost()

    with pytest.raises(Conflict, match="has changed"):
        kept.save([mine], ANNA, "Correct", lambda: file.write_text("type: book\ntitle: By hand\n"))

    assert file.read_text() == "type: book\ntitle: By hand\n"
    assert (waiting(kept), kept.lost(), list(file.parent.glob(".*"))) == ([], lost, [])


@pytest.mark.parametrize("swaps", [True, False])
@pytest.mark.parametrize("text", ["type: book\ntitle: Mine\n", None])
def test_what_comes_in_the_very_moment_of_a_save_is_kept_and_told(saving, monkeypatch, text, swaps):
    file, put = saving.home.folder / REED, files.put
    mine = Change(REED, text, etag(file.read_text()))

    def late(laid):
        file.write_bytes(b"title: By hand \xff\n")
        return put(laid)

    monkeypatch.setattr(files, "put", late)
    if not swaps:
        monkeypatch.setattr(files, "_renameat2", lambda: None)

    saved = saving.save([mine], ANNA, "Correct")

    assert read(file) == text and saved.commit
    lost = saving.lost()[0]
    assert (lost.folder / file.name).read_bytes() == b"title: By hand \xff\n"
    assert lost.why == saved.problem and "somebody else wrote it in the moment" in lost.why
    assert list(file.parent.glob(".*")) == []


def test_a_new_file_takes_the_place_of_none_that_came_meanwhile_unseen(kept, monkeypatch):
    file, put = kept.home.folder / "corpus/new-2000.yaml", files.put
    monkeypatch.setattr(files, "put", lambda laid: (file.write_text("theirs\n"), put(laid))[1])

    kept.save([Change("corpus/new-2000.yaml", "title: Mine\n", None)], ANNA, "Add")

    assert (kept.lost()[0].folder / file.name).read_text() == "theirs\n"


def test_an_index_that_another_git_held_after_the_commit_is_brought_up_to_it(kept):
    run, refused = kept.history._git, []

    class Held(type(run)):
        def __call__(self, *words, **named):
            if words[0] == "update-index" and not refused:
                refused.append(words)
                raise Locked("held")
            return super().__call__(*words, **named)

    kept.history._git = Held(run.folder)

    assert kept.save([change(kept)], ANNA, "Correct").commit

    assert refused and git(kept, "status", "--short", "corpus") == ""


def test_a_series_whose_commit_came_from_a_git_that_outlived_its_process_is_in_the_index_too(kept):
    path = "corpus/series-2000.yaml"
    with kept.series(ANNA, "Import") as series, series.writing(path):
        (kept.home.folder / path).write_text("title: In a series\n")
        kept.history.commit({path: b"title: In a series\n"}, ANNA, "Import")
        git(kept, "rm", "--cached", "--quiet", path)

    assert git(kept, "status", "--short", "corpus") == ""
