"""Change what a source file says, and leave every line alone that need not change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from io import StringIO
from pathlib import Path
from textwrap import wrap
from typing import Any, NamedTuple

from kb.corpus.aligned import aligned
from kb.corpus.places import BLOCK, Cannot, Edit, Item, Places
from kb.corpus.sources import as_read, parse
from kb.corpus.written import (
    FLOWING,
    ORDERS,
    WIDTH,
    as_yaml,
    folds,
    in_flow,
    in_quotes,
    laid_out,
    ordered,
    plain,
    writer,
)
from kb.errors import BadSource

FOLDED = ">-"  # how a folded text begins


def revised(text: str, data: Mapping[str, Any], path: Path) -> str:
    r"""The *text* of the source file at *path*, changed so that it says *data*; what need not change stays as it is.

    A new claim, name or concept adds its lines, in our layout; comments, quotes, the order of keys and the ends of
    lines stay. Raises BadSource for a text that cannot be read, and for data that no file can say.

    >>> revised("type: book  # sic\ntitle: 'Reeds'\n", {"type": "book", "title": "Mills", "issued": "2001"}, Path("x"))
    "type: book  # sic\ntitle: 'Mills'\nissued: 2001\n"
    """
    wanted = as_read(data)
    if parse(text, path) == wanted:
        return text
    for way in (_lines_changed, _keys_changed, _rewritten):
        with suppress(Cannot, BadSource):
            if parse(new := way(text, wanted), path) == wanted:
                return new
    raise BadSource(f"{path}: what was entered cannot be written as YAML")


def _lines_changed(text: str, data: Mapping[str, Any]) -> str:
    """The text with as few lines changed as can be."""
    return Revision(text).saying(data)


def _keys_changed(text: str, data: Mapping[str, Any]) -> str:
    """The text with those keys written anew that say something else."""
    return Revision(text, whole=True).saying(data)


def _rewritten(_: str, data: Mapping[str, Any]) -> str:
    """The whole file in our layout."""
    return as_yaml(data)


class At(NamedTuple):
    """Where a value stands: the *key* it belongs to, whether it is an entry of its list, whether in brackets."""

    key: str
    entry: bool = False
    flows: bool = False


class Revision:
    """The edits that let a text say something else; of *whole* values, if asked."""

    def __init__(self, text: str, whole: bool = False) -> None:
        self._at, self._whole = Places(text), whole

    def saying(self, data: Mapping[str, Any]) -> str:
        """The text that says *data*."""
        edits = self._mapping(self._at.root, data, At(""))
        return self._at.applied(0, len(self._at.text), edits)

    def _value(self, node: Any, new: Any, at: At) -> list[Edit]:
        """The edits that let *node* say *new*."""
        if self._at.repeated(node) or self._whole:
            raise Cannot
        if node.id == "scalar" and isinstance(new, str):
            return self._folded(node, new) if node.style in BLOCK else self._scalar(node, new, at)
        if node.id == "mapping" and isinstance(new, dict) and node.value and new:
            return self._flow(node, new, at) if node.flow_style else self._mapping(node, new, at)
        if node.id == "sequence" and isinstance(new, list) and node.value and new:
            return self._flow(node, new, at) if node.flow_style else self._list(node, new, at)
        raise Cannot

    # A mapping with a line or more for each key

    def _mapping(self, node: Any, new: Mapping[str, Any], at: At) -> list[Edit]:
        if node.flow_style:
            return self._flow(node, new, at)
        edits = list[Edit]()
        for key, value in node.value:
            if key.value not in new:
                edits.append(self._without(key, value))
            elif not _says(value, new[key.value]):
                edits += self._pair(key, value, new[key.value])
        return edits + self._further(node, new, at)

    def _pair(self, key: Any, value: Any, new: Any) -> list[Edit]:
        """The edits that let a key say something else: within its value, or in place of it."""
        try:
            return self._value(value, new, At(key.value))
        except Cannot:
            start, stop = self._at.start(key), self._at.stop_of_pair(key, value)
            first, end, more = self._lines({key.value: new}, self._at.column(key)).partition(self._at.end)
            behind = self._at.text[stop : self._at.next_line(stop)].rstrip("\r\n")  # a comment stays on its line
            return [Edit(start, stop + len(behind), f"{first}{behind}{end}{more}")]

    def _without(self, key: Any, value: Any) -> Edit:
        if not self._at.is_first(key):  # it stands behind the hyphen of an entry
            raise Cannot
        return Edit(self._at.line(self._at.start(key)), self._at.next_line(self._at.stop_of_pair(key, value)), "")

    def _further(self, node: Any, new: Mapping[str, Any], at: At) -> list[Edit]:
        """The edits that write keys which are not there yet, each behind those that come before it in our layout."""
        known = {key.value for key, _ in node.value}
        column = self._at.column(node.value[0][0])
        edits = list[Edit]()
        for name, value in ordered(at.key, new).items():
            if name not in known:
                lines = self._lines({name: value}, column)
                edits.append(self._behind(node, name, lines, column, at))
        return edits

    def _behind(self, node: Any, name: str, lines: str, column: int, at: At) -> Edit:
        """The edit that writes the *lines* of a key at its place."""
        order = ORDERS.get(at.key, ())
        ranks = [order.index(key.value) if key.value in order else -1 for key, _ in node.value]
        own, end = order.index(name) if name in order else len(order), self._at.end
        before = [pair for pair, rank in zip(node.value, ranks, strict=True) if rank < own]
        if not any(-1 < rank < own for rank in ranks) and own < len(order):
            place = self._at.start(node.value[0][0])
            return Edit(place, place, f"{lines}{end}{' ' * column}")
        place = max(self._at.next_line(self._at.stop_of_pair(*pair)) for pair in before)
        first = "" if self._at.text[:place].endswith("\n") else end
        return Edit(place, place, f"{first}{' ' * column}{lines}{end}")

    # A list with a line or more for each entry

    def _list(self, node: Any, new: list[Any], at: At) -> list[Edit]:
        items = list(self._at.items(node))
        found = aligned([_said(item.node) for item in items], new)
        leads = [item.lead for item in items]
        lost = [lead if place not in found and "#" in lead else "" for place, lead in enumerate(leads)]
        parts = list[str]()
        for place, value in zip(found, new, strict=True):
            if place is None:
                parts.append(self._entry(value, items[0].column, at.key))
                continue
            parts += lost[:place]  # comments outlive what they stood above
            lost[:place] = [""] * place
            parts += [leads[place], self._kept(items[place], value, at.key)]
        whole = "".join([*parts, *lost])
        stop = items[-1].stop
        if not self._at.text[:stop].endswith("\n"):
            whole = whole.removesuffix(self._at.end)
        return [Edit(items[0].above, stop, whole)]

    def _kept(self, item: Item, value: Any, key: str) -> str:
        """The lines of an entry that is to say *value*."""
        text = self._at.text[item.start : item.stop]
        if not _says(item.node, value):
            try:
                text = self._at.applied(item.start, item.stop, self._value(item.node, value, At(key, True)))
            except Cannot:
                text = self._entry(value, item.column, key)
        return text if text.endswith("\n") else text + self._at.end

    def _entry(self, value: Any, column: int, key: str) -> str:
        """The lines of an entry of a list in our layout."""
        if isinstance(value, dict) and value and key not in FLOWING:
            text = self._lines(ordered(key, value), column + 2)
        else:
            text = in_flow(value) if isinstance(value, dict | list) else plain(value)
        return f"{' ' * column}- {text}{self._at.end}"

    def _lines(self, data: Mapping[str, Any], column: int) -> str:
        """Keys with their values in our layout, each at *column*, where the first one's line begins already."""
        from ruamel.yaml.comments import CommentedMap

        out = StringIO()
        writer().dump(CommentedMap((key, laid_out(key, value, column)) for key, value in data.items()), out)
        return f"{self._at.end}{' ' * column}".join(out.getvalue().removesuffix("\n").split("\n"))

    # A list or mapping in brackets

    def _flow(self, node: Any, new: Any, at: At) -> list[Edit]:
        start, stop = self._at.start(node), int(node.end_mark.index)
        spans = [self._span(each, node.id) for each in node.value]
        text = self._at.text
        if text[start] not in "[{":  # behind a tag or an anchor
            raise Cannot
        pieces = self._of_mapping(node, new, spans) if node.id == "mapping" else self._of_list(node, new, spans)
        if "\n" in text[start:stop]:
            same = [text[first:last] for first, last in spans] == pieces[: len(spans)]
            if not same:
                raise Cannot
            return [Edit(spans[-1][1], spans[-1][1], "".join(f", {piece}" for piece in pieces[len(spans) :]))]
        written = f"{text[start : spans[0][0]]}{', '.join(pieces)}{text[spans[-1][1] : stop]}"
        line = self._at.line(start)
        alone = node.id == "sequence" and not at.entry and not at.flows
        if alone and start - line + len(written) > WIDTH >= stop - line:
            raise Cannot  # a longer list gets a line for each entry
        return [Edit(start, stop, written)]

    def _of_mapping(self, node: Any, new: Mapping[str, Any], spans: Sequence[tuple[int, int]]) -> list[str]:
        pieces, known = list[str](), {key.value for key, _ in node.value}
        for (key, value), span in zip(node.value, spans, strict=True):
            if key.value in new:
                pieces.append(self._piece(value, new[key.value], span, f"{plain(key.value, True)}: ", key.value))
        return pieces + [in_flow({name: value})[1:-1] for name, value in new.items() if name not in known]

    def _of_list(self, node: Any, new: list[Any], spans: Sequence[tuple[int, int]]) -> list[str]:
        found = aligned([_said(each) for each in node.value], new)
        return [
            in_flow(value) if place is None else self._piece(node.value[place], value, spans[place], "", "")
            for place, value in zip(found, new, strict=True)
        ]

    def _piece(self, node: Any, new: Any, span: tuple[int, int], before: str, key: str) -> str:
        """What stands at a *span* in brackets, as it is to be."""
        if _says(node, new):
            return self._at.text[slice(*span)]
        try:
            return self._at.applied(*span, self._value(node, new, At(key, True, True)))
        except Cannot:
            return before + in_flow(new)

    def _span(self, part: Any, kind: str) -> tuple[int, int]:
        """Where an entry in brackets begins and ends."""
        first, last = part if kind == "mapping" else (part, part)
        if self._at.repeated(first) or self._at.repeated(last):
            raise Cannot
        start = self._at.start(first)
        return start, self._at.stop(last, int(first.end_mark.index) if kind == "mapping" else start)

    # A text

    def _scalar(self, node: Any, new: str, at: At) -> list[Edit]:
        """The edit of a text on one line, in the quotes it has."""
        start, quote = self._at.start(node), node.style or ""
        old = self._at.text[start : node.end_mark.index].rstrip()
        if "\n" in old or (old[:1] != quote if quote else old != node.value):
            raise Cannot  # of several lines, or behind a tag or an anchor
        if not at.entry and not at.flows and folds(new, start - self._at.line(start)):
            raise Cannot
        written = in_quotes(new, quote) if quote else plain(new, at.flows)
        return [Edit(start, start + len(old), written)]

    def _folded(self, node: Any, new: str) -> list[Edit]:
        """The edit of a folded text: from the first to the last line that has other words."""
        start = self._at.start(node)
        stop = self._at.stop(node, start)
        head, *lines = self._at.text[start:stop].split(self._at.end)
        indent = len(lines[0]) - len(lines[0].lstrip(" ")) if lines else 0
        even = all(line[:indent].isspace() and line[indent : indent + 1].strip() for line in lines)
        if head.strip() != FOLDED or not even or not new or not new.isprintable() or " ".join(new.split()) != new:
            raise Cannot
        old, words = [line.split() for line in lines], new.split()
        first = _common(old, words)
        used = sum(map(len, old[:first]))
        last = _common([line[::-1] for line in old[first:][::-1]], words[used:][::-1])
        middle = words[used : len(words) - sum(map(len, old[len(old) - last :]))]
        made = wrap(" ".join(middle), WIDTH - indent, break_long_words=False, break_on_hyphens=False)
        written = [*lines[:first], *(" " * indent + line for line in made), *lines[len(lines) - last :]]
        return [Edit(start, stop, self._at.end.join([head, *written]))]


def _said(node: Any) -> Any:
    """What a node says, every scalar a text."""
    if node.id == "mapping":
        return {key.value: _said(value) for key, value in node.value}
    return [_said(each) for each in node.value] if node.id == "sequence" else node.value


def _says(node: Any, new: Any) -> bool:
    """Whether a node says *new*; a single value says the same as a list of it."""
    said = _said(node)
    return bool(said == new or (said and not isinstance(said, list) and [said] == new))


def _common(lines: Sequence[Sequence[str]], words: Sequence[str]) -> int:
    """How many *lines* of words are, one after the other, the first of *words*."""
    at = 0
    for number, line in enumerate(lines):
        if list(words[at : at + len(line)]) != list(line):
            return number
        at += len(line)
    return len(lines)
