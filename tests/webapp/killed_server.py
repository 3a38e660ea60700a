"""The server, written to by two people over HTTP and killed at random moments; what it answered is checked.

    python tests/webapp/killed_server.py HOME KILLS SECONDS SEED

Anna and Ed are logged in, and save by the form, import by the page and delete without end, each on sources of their
own. The server is killed by SIGKILL, alone or together with the git that it runs, and started again: that start finds
nothing to tell of, all that was answered as done is in the files and in the history, and no file is half written.
"""

import atexit
import os
import random
import re
import signal
import subprocess
import sys
import time
from contextlib import suppress
from html import unescape
from http.client import HTTPException
from http.cookiejar import CookieJar
from pathlib import Path
from threading import Thread
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, HTTPRedirectHandler, Request, build_opener

from conftest import StubEncoder
from curate_forms import fields
from killed_saves import build, git
from writing import PASSWORD, have_account

from kb import KnowledgeBase
from kb.corpus.sources import read
from kb.home import Home
from webapp import serve

LONGEST = 5  # seconds of a server, after it is ready
MINE = {"anna": ("reed-2001", "testwell-2010"), "ed": ("tarn-1987", "marlow-quist-2012")}
RECORD = "@book{{k{0},\n title = {{Ferry {0}}},\n author = {{Ferrier{0}, A.}},\n year = {{2011}}\n}}\n"
GONE = None  # in place of the note of a source


class Refused(Exception):
    """An answer that is not to be expected."""


class NoRedirect(HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


class Server:
    """A process that serves the home to be written; what it told before it was ready is in *told*."""

    def __init__(self, home: Path) -> None:
        words = [sys.executable, str(Path(__file__)), "serve", str(home)]
        self.process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True, start_new_session=True)
        self.told: list[str] = []
        atexit.register(self.kill, True)
        for line in self.process.stdout:
            if found := re.match(r"(http:\S+)/ is ready", line):
                self.address = found[1]
                return
            self.told.append(line)
        raise AssertionError(f"the server did not start: {self.told}")

    def kill(self, with_git: bool) -> None:
        """End it at once."""
        atexit.unregister(self.kill)
        with suppress(ProcessLookupError):
            (os.killpg if with_git else os.kill)(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.process.stdout.close()


class Writer:
    """One who writes, and what each source that is theirs has to say: one of several notes, or GONE."""

    def __init__(self, name: str, home: Path, seed: int) -> None:
        self.name, self.home, self.chance, self.number, self.answered = name, home, random.Random(seed), 0, 0
        self.open = build_opener(HTTPCookieProcessor(CookieJar()), NoRedirect()).open
        self.wanted: dict[str, set[str | None]] = {id: {note(home, id)} for id in MINE[name]}
        self.added: list[str] = []
        self.failed: Exception | None = None
        self.site = self.token = ""

    def log_in(self, site: str) -> None:
        """Log in, as in a browser."""
        self.site = site
        self.send("/login", 303, name=self.name, password=PASSWORD, csrf_token=self.token_of("/login"))
        self.token = self.token_of("/account")

    def run(self, site: str) -> None:
        """Go on until the server answers no more."""
        self.site = site
        try:
            while True:
                self.number += 1
                self.chance.choice((self.save, self.save, self.take_in, self.delete))()
        except (OSError, HTTPException):
            pass  # it was killed
        except Exception as error:
            self.failed = error

    def save(self) -> None:
        """Change the note of a source by the form."""
        id = self.chance.choice(MINE[self.name])
        form = fields(self.get(f"/curate/source/{id}"))
        new = f"Number {self.number} of {self.name}, {time.time_ns()}"
        before, self.wanted[id] = self.wanted[id], self.wanted[id] | {new}
        done = self.send(f"/curate/source/{id}", (303, 412), **{**form, "note": new, "do": "save"})
        if done and done[0]:
            self.done(id, new)
        elif done:  # the draft is from a save that was killed after it had written the file
            self.wanted[id] = before
            self.send(f"/curate/source/{id}", 303, do="discard", csrf_token=self.token)

    def take_in(self) -> None:
        """Import two records by the page."""
        names = ["".join(chr(97 + int(digit)) for digit in str(time.time_ns() + n)) for n in range(2)]
        text = "".join(map(RECORD.format, names))  # by authors of their own, as the id of what is deleted is free again
        to, _ = self.send("/curate/import", 303, text=text, csrf_token=self.token) or ("", "")
        if not to or not (done := self.send(to, 200, take=["1", "2"], csrf_token=self.token)):
            return
        added = re.findall(r'href="/curate/source/(ferrier[\w-]+)"|href="/source/(ferrier[\w-]+)"', done[1])
        ids = {one or other for one, other in added}
        if len(ids) != 2:
            raise Refused(f"{ids} were added: {done[1]}")
        for id in ids:
            self.done(id, "")
        self.added += sorted(ids)

    def delete(self) -> None:
        """Delete a source that was imported before; Anna may not."""
        if self.name == "anna" or len(self.added) < 4:
            return self.save()
        id = self.added.pop(0)
        self.wanted[id] = {"", GONE}
        if self.send("/curate/delete", 303, id=id, csrf_token=self.token):
            self.done(id, GONE)
        return None

    def done(self, id: str, note: str | None) -> None:
        """What was answered as done."""
        self.wanted[id] = {note}
        self.answered += 1

    def check(self) -> None:
        """What was answered as done is in the files; what was under way is there as a whole or not at all."""
        if self.failed:
            raise self.failed
        for id, notes in self.wanted.items():
            found = note(self.home, id)
            assert found in notes, f"{self.name}: {id} says {found!r}, not one of {notes}"
            self.wanted[id] = {found}

    def token_of(self, address: str) -> str:
        """The token in the forms of a page."""
        return unescape(re.search(r'name="csrf_token" value="([^"]+)"', self.get(address))[1])

    def get(self, address: str) -> str:
        """A page."""
        with self.open(Request(self.site + address, headers={"Accept": "text/html"}), timeout=60) as answer:
            return answer.read().decode()

    def send(self, address: str, status: int | tuple[int, ...], **form: object) -> tuple[str, str] | None:
        """Send a form: where the answer leads and what it says; None where the server was busy."""
        request = Request(self.site + address, urlencode(form, doseq=True).encode(), {"Accept": "text/html"})
        try:
            with self.open(request, timeout=60) as answer:
                got, to, text = answer.status, answer.headers.get("Location", ""), answer.read().decode()
        except HTTPError as error:
            got, to, text = error.code, error.headers.get("Location", ""), error.read().decode()
        if got == 503:
            return None
        if got not in (status if isinstance(status, tuple) else (status,)):
            raise Refused(f"{address}: {got}, not {status}: {text}")
        return to, text


def note(home: Path, id: str) -> str | None:
    """The note of a source; GONE where there is no file."""
    path = home / f"corpus/{id}.yaml"
    return str(read(path).data.get("note", "")) if path.exists() else GONE


def check(home: Path, writers: list[Writer], told: list[str]) -> None:
    """After a kill and the next start: nothing is lost, nothing half there, nothing left behind."""
    assert told == [], told
    for path in (home / "corpus").glob("*.yaml"):
        assert read(path).data["type"], f"{path} is half written"
    for writer in writers:
        writer.check()
    changed = git(home, "status", "--porcelain", "--", "corpus", "ontology")
    assert changed == "", changed  # so what is in the files is in the history
    left = [*(home / "corpus").rglob(".*.tmp"), *(home / ".curation/saves").glob("*")]
    left += [
        *(home / ".curation").glob("lost/*"),
        *(home / ".git").glob("*.lock"),
        *(home / ".git/refs").rglob("*.lock"),
    ]
    assert left == [], left


def main(home: Path, kills: int, seconds: float, seed: int) -> str:
    """Kill the server so often, or as often as there is time for; returns the figures."""
    build(home)
    base = KnowledgeBase(home, encoder=StubEncoder())
    have_account(base, "anna", "curator")
    have_account(base, "ed", "editor")
    base.close()
    chance, begun, killed = random.Random(seed), time.monotonic(), 0
    writers = [Writer(name, home, chance.randrange(1 << 30)) for name in MINE]
    server = Server(home)
    for writer in writers:
        writer.log_in(server.address)
        writer.save()  # with which the history begins
    while killed < kills and (time.monotonic() - begun < seconds or not killed):
        threads = [Thread(target=writer.run, args=(server.address,), daemon=True) for writer in writers]
        for thread in threads:
            thread.start()
        time.sleep(chance.uniform(0, LONGEST))
        server.kill(chance.random() < 0.5)
        killed += 1
        for thread in threads:
            thread.join()
        server = Server(home)
        check(home, writers, server.told)
    server.kill(True)
    git(home, "fsck", "--full", "--no-dangling")
    answered = sum(writer.answered for writer in writers)
    commits = len(git(home, "log", "--format=%H").splitlines())
    return (
        f"{killed} kills of the server (seed {seed}); {answered} changes were answered as done before, none is lost; "
        f"{commits} commits; {time.monotonic() - begun:.0f} s"
    )


def serve_home(home: Path) -> None:
    """Serve *home* to be written, at any free port, until this process is killed."""
    Home(home).check()
    serve(
        KnowledgeBase(home, encoder=StubEncoder()), port=0, announce=lambda said: print(said, flush=True), writable=True
    )


if __name__ == "__main__":
    if sys.argv[1] == "serve":
        serve_home(Path(sys.argv[2]))
    else:
        print(main(Path(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]), int(sys.argv[4])))
