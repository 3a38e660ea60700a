"""What a page is made of, read tag by tag: whether it is whole, and whether nothing in it was put there by a text."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
MAY_STAY_OPEN = {"li", "p", "dt", "dd", "option", "tr", "td", "th", "thead", "tbody", "colgroup", "optgroup"}
ADDRESSES = {"href", "src", "action", "formaction", "data", "poster", "cite", "srcset", "xlink:href", "data-complete"}
SAFE = re.compile(r"https?://|/(?!/)|#|\?|$")  # what an address may begin with
OURS = re.compile(r"/static/[\w./-]+(\?v=\w+)?")
DATA_BLOCKS = {"application/ld+json", "application/json"}


class Markup(HTMLParser):
    """The tags and attributes of a page, and what is wrong with it.

    >>> Markup.of('<p title="kbmark">kbmark <b>x</b></p>').wrong
    []
    >>> Markup.of("<p onclick=kbmark>").wrong
    ['<p onclick>', 'never closed: p']
    """

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.texts: list[str] = []
        self.wrong: list[str] = []
        self._open: list[str] = []
        self._block: str | None = None  # the type of the script that is open

    @classmethod
    def of(cls, page: str) -> Markup:
        """A page, read."""
        markup = cls()
        markup.feed(page)
        markup.close()
        markup.wrong += [f"never closed: {tag}" for tag in markup._open if tag not in MAY_STAY_OPEN or tag == "p"]
        return markup

    @property
    def text(self) -> str:
        """What a person reads, and what stands in attributes."""
        return "\n".join(self.texts)

    def handle_starttag(self, tag: str, given: list[tuple[str, str | None]]) -> None:
        self._look(tag, given)
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, given: list[tuple[str, str | None]]) -> None:
        self._look(tag, given)

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID or tag not in self._open:
            self.wrong.append(f"closed and never opened: {tag}")
            return
        while (last := self._open.pop()) != tag:
            if last not in MAY_STAY_OPEN:
                self.wrong.append(f"closed by </{tag}>: {last}")
        if tag == "script":
            self._block = None

    def handle_data(self, data: str) -> None:
        if self._block in DATA_BLOCKS:
            try:
                json.loads(data)
            except ValueError:
                self.wrong.append(f"no JSON: {data[:80]}")
        elif self._block is not None and data.strip():
            self.wrong.append(f"a script within the page: {data[:80]}")
        self.texts.append(data)

    def handle_comment(self, data: str) -> None:
        self.wrong.append(f"a comment: {data[:80]}")

    def unknown_decl(self, data: str) -> None:
        self.wrong.append(f"a declaration: {data[:80]}")

    def handle_pi(self, data: str) -> None:
        self.wrong.append(f"an instruction: {data[:80]}")

    def _look(self, tag: str, given: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        names = [name for name, _ in given]
        if len(names) != len(set(names)):
            self.wrong.append(f"an attribute twice: {tag} {names}")
        values = {name: value or "" for name, value in given}
        for name, value in values.items():
            self.attributes.add(name)
            self.texts.append(value)
            if name.startswith("on") or name in ("style", "srcdoc"):
                self.wrong.append(f"<{tag} {name}>")
            if name in ADDRESSES and not SAFE.match(value):
                self.wrong.append(f"<{tag} {name}={value[:80]}>")
        if tag == "script":
            self._block = values.get("type", "")
            if self._block not in DATA_BLOCKS and not OURS.fullmatch(values.get("src", "")):
                self.wrong.append(f"a script that is not ours: {values}")
