"""Take a web page apart as it comes in: its meta tags, linked data, cited works, and the text that is read in it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from lxml import etree

CHARACTERS = 50_000_000  # of a page; what follows is not read
READABLE = 5_000_000  # characters of its text
TAGS = 5_000  # meta tags, and cited works
VALUE = 20_000  # characters of a value
LINKED = 2_000_000  # characters of JSON-LD
DEPTH = 200  # elements inside each other; a text further in is not read
MAIN_SHARE = 4  # the article of a page counts as its text where it has a fourth of all, or
MAIN_CHARACTERS = 500  # so many
_DROPPED = {
    "script", "style", "nav", "footer", "aside", "noscript", "template", "svg", "math", "form", "button", "select",
    "iframe", "object", "canvas", "audio", "video", "head", "dialog",
}  # fmt: skip
_BLOCKS = {
    "p", "div", "br", "li", "ul", "ol", "tr", "table", "section", "article", "main", "h1", "h2", "h3", "h4", "h5", "h6",
    "blockquote", "pre", "figure", "figcaption", "dt", "dd", "header", "hr",
}  # fmt: skip
_HEADINGS = {"h2", "h3"}
_VOID = {"br", "hr", "img", "meta", "link", "input", "area", "base", "col", "embed", "source", "track", "wbr"}
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.I)
_SAVED = re.compile(r"\s*saved from url=\(\d+\)(https?://\S+)")


class Cited(NamedTuple):
    """A work that a page tells in a COinS span, and the line it is on."""

    line: int
    context: str


class Section(NamedTuple):
    """A stretch of text under a heading, or before the first one."""

    heading: str
    text: str


class Parts:
    """What a page is made of, gathered while lxml reads it; scripts are never run, and only JSON-LD is kept of them."""

    def __init__(self) -> None:
        self.meta: list[tuple[str, str]] = []
        self.title = self.language = self.address = ""
        self.linked: list[str] = []
        self.cited: list[Cited] = []
        self.line, self.cut = 0, False
        self._open: list[tuple[str, bool, bool]] = []  # tag, whether its text is dropped, whether it is the article
        self._beyond = 0  # elements open inside these, past the depth
        self._into: list[str] | None = None  # where text goes that is none of the page
        self._all, self._main = Text(), Text()

    @property
    def sections(self) -> list[Section]:
        """The text of the article, or where none is marked of the page, under its headings."""
        main = self._main.length > MAIN_CHARACTERS or self._main.length * MAIN_SHARE > self._all.length > 0
        return (self._main if main else self._all).sections()

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        dropped, main = self._open[-1][1:] if self._open else (False, False)
        if tag == "meta":
            self._meta(attributes)
        elif self._is_kept(tag, attributes):
            self._into = []
        elif tag == "html":
            self.language = attributes.get("lang", "")[:20]
        elif tag == "link" and attributes.get("rel", "").lower() == "canonical":
            self.address = self.address or attributes.get("href", "")[:VALUE]
        elif "Z3988" in attributes.get("class", "").split() and len(self.cited) < TAGS:
            self.cited.append(Cited(self.line, attributes.get("title", "")[:VALUE]))
        if tag in _VOID:
            self._break(tag, dropped, main)
            return
        if self._beyond or len(self._open) > DEPTH:
            self._beyond, self.cut = self._beyond + 1, True
            return
        dropped = dropped or tag in _DROPPED or _hidden(attributes)
        main = main or tag in ("article", "main") or attributes.get("role") == "main"
        self._open.append((tag, dropped, main))
        self._break(tag, dropped, main)
        if tag in _HEADINGS and not dropped:
            self._each(main, Text.head)

    def end(self, tag: str) -> None:
        """An element ends."""
        if tag == "title" and self._into is not None and not self.title:
            self.title, self._into = " ".join("".join(self._into).split())[:VALUE], None
        elif tag == "script" and self._into is not None:
            if sum(map(len, self.linked)) < LINKED:
                self.linked.append("".join(self._into))
            self._into = None
        if tag in _VOID:
            return
        if self._beyond:
            self._beyond -= 1
            return
        if not any(tag == each for each, *_ in self._open):
            return
        dropped, main = self._open[-1][1:]
        while self._open and self._open.pop()[0] != tag:
            pass
        self._break(tag, dropped, main)
        if tag in _HEADINGS and not dropped:
            self._each(main, Text.body)

    def data(self, text: str) -> None:
        """Text between elements."""
        if self._into is not None:
            if sum(map(len, self._into[-3:])) + len(self._into) < LINKED:
                self._into.append(text[:LINKED])
            return
        dropped, main = self._open[-1][1:] if self._open else (False, False)
        if not dropped and not self._beyond:
            self._each(main, Text.add, text)

    def comment(self, text: str) -> None:
        """A comment: browsers write into one where they saved the page from."""
        if found := _SAVED.match(text):
            self.address = self.address or found[1]

    def close(self) -> Parts:
        """The page ends."""
        return self

    def _meta(self, attributes: dict[str, str]) -> None:
        name = (attributes.get("name") or attributes.get("property") or "").strip().lower()
        content = " ".join(attributes.get("content", "")[:VALUE].split())
        if name and content and len(self.meta) < TAGS:
            self.meta.append((name, content))

    def _is_kept(self, tag: str, attributes: dict[str, str]) -> bool:
        """Whether the text of an element is kept apart: the title of the page, and linked data."""
        if tag == "title":
            return not self.title and not any(each == "svg" for each, *_ in self._open)
        return tag == "script" and "ld+json" in attributes.get("type", "").lower()

    def _break(self, tag: str, dropped: bool, main: bool) -> None:
        if tag in _BLOCKS and not dropped:
            self._each(main, Text.add, "\n")
        elif tag in ("td", "th") and not dropped:
            self._each(main, Text.add, " ")

    def _each(self, main: bool, what: object, *given: str) -> None:
        assert callable(what)
        what(self._all, *given)
        if main:
            what(self._main, *given)


class Text:
    """Text under headings, up to a limit."""

    def __init__(self) -> None:
        self.length = 0
        self._parts: list[tuple[list[str], list[str]]] = [([], [])]
        self._heading = False

    def add(self, text: str) -> None:
        """Add text to the heading or stretch that is open."""
        if self.length < READABLE:
            self._parts[-1][0 if self._heading else 1].append(text if text == "\n" else re.sub(r"\s+", " ", text))
            self.length += len(text)

    def head(self) -> None:
        """A heading begins, and with it a stretch."""
        self._parts.append(([], []))
        self._heading = True

    def body(self) -> None:
        """The heading ends."""
        self._heading = False

    def sections(self) -> list[Section]:
        """The stretches that hold text."""
        found = (Section(" ".join("".join(heading).split()), _lines(text)) for heading, text in self._parts)
        return [section for section in found if section.text]


def taken_apart(lines: Iterable[str]) -> Parts:
    """Read a page from its lines, broken as it may be."""
    parts = Parts()
    parser = etree.HTMLParser(target=parts, recover=True, no_network=True, huge_tree=False)
    length = 0
    for number, line in enumerate(lines, 1):
        parts.line = number
        length += len(line)
        if length > CHARACTERS:
            parts.cut = True
            break
        try:
            parser.feed(line)
        except etree.LxmlError:
            parts.cut = True
            break
    try:
        parser.close()
    except etree.LxmlError:
        parts.cut = parts.cut or not length
    return parts


def _lines(parts: Iterable[str]) -> str:
    lines = (" ".join(line.split()) for line in "".join(parts).split("\n"))
    return "\n".join(line for line in lines if line)


def _hidden(attributes: dict[str, str]) -> bool:
    return (
        "hidden" in attributes
        or attributes.get("aria-hidden") == "true"
        or attributes.get("role") in ("navigation", "banner", "contentinfo", "search", "dialog")
        or bool(_HIDDEN.search(attributes.get("style", "")[:1000]))
    )
