"""Write a source as the YAML of its file, in the layout that the folder guide gives."""

from __future__ import annotations

import re
from collections.abc import Mapping
from io import StringIO
from itertools import accumulate
from textwrap import wrap
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.resolver import BaseResolver
from ruamel.yaml.scalarstring import DoubleQuotedScalarString, FoldedScalarString

WIDTH = 100  # columns
NEVER = 1 << 20  # ruamel is not to break lines by itself
ORDER = (
    "type", "state", "status", "statusBy", "statusDate", "statusNote", "title", "authors", "othersOmitted", "editors",
    "issued", "container", "series", "number", "volume", "issue", "pages", "edition", "place", "publisher", "doi",
    "isbn", "issn", "oclc", "url", "openAccess", "subjects", "treats", "rejected", "summary", "summaryBasis",
    "seenIn", "missing", "seedReference", "note", "extra", "cites", "replaces", "claims",
)  # fmt: skip
ORDERS = {  # of the keys of a source, and of the entries of its lists
    "": ORDER,
    "claims": ("id", "text", "quote", "locator", "basis", "reportedIn", "about", "supports", "disputes", "qualifies",
               "asserts", "note", "seenIn", "curator", "created"),
    "authors": ("family", "given", "literal"), "editors": ("family", "given", "literal"),
    "treats": ("concept", "locator"), "asserts": ("subject",),
}  # fmt: skip
QUOTED = re.compile(r"""^[-?:,\[\]{}#&*!|>'"%@`\s]|:(\s|$)|\s\#|\s$|^$""")  # what YAML reads otherwise without quotes
FLOW_QUOTED = re.compile(r"[,\[\]{}]")
_SHOWN = re.compile("[\x00-\x1f\x7f-\xa0\u2028\u2029\ufeff\ud800-\udfff\ufffe\uffff]")  # not to be seen as it is
FLOWING = {"authors", "editors", "treats", "asserts"}  # lists with one mapping a line


class Strings(BaseResolver):
    """Takes every scalar for a string, as files are read: 2010 needs no quotes, and "No" has none."""

    processing_version = (1, 2)

    def __init__(self, version: Any = None, loader: Any = None, loadumper: Any = None) -> None:
        super().__init__(loadumper=loadumper or loader)


def as_yaml(data: Mapping[str, Any]) -> str:
    """The text of a source file; `kb.corpus.sources.parse` reads the same *data* from it.

    >>> print(as_yaml({"issued": "2010", "type": "book", "authors": [{"family": "Reed", "given": "Cy"}]}), end="")
    type: book
    authors:
      - {family: Reed, given: Cy}
    issued: 2010
    """
    out = StringIO()
    writer().dump(CommentedMap((key, laid_out(key, value)) for key, value in ordered("", data).items()), out)
    return out.getvalue()


def ordered(level: str, data: Mapping[str, Any]) -> dict[str, Any]:
    """*data* of a source, or of an entry of its list *level*, with the keys in the order of our layout.

    >>> ordered("authors", {"note": "?", "given": "Cy", "family": "Reed"})
    {'family': 'Reed', 'given': 'Cy', 'note': '?'}
    """
    order = ORDERS.get(level, ())
    return {key: data[key] for key in [*(key for key in order if key in data), *data]}


def in_flow(value: Any) -> str:
    """A *value* as it stands in brackets, on one line.

    >>> in_flow({"family": "Reed", "given": "C. D"}), in_flow(["a, b", "#c1", "No"])
    ('{family: Reed, given: C. D}', '["a, b", "#c1", No]')
    """
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{plain(key, True)}: {in_flow(each)}' for key, each in value.items())}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(in_flow, value))}]"
    return plain(str(value), True)


def plain(text: str, flows: bool = False) -> str:
    """A *text* on one line without quotes, or in double ones where it would be read otherwise; *flows* in brackets."""
    bare = not QUOTED.search(text) and not (flows and FLOW_QUOTED.search(text)) and not _SHOWN.search(text)
    return text if bare else in_quotes(text)


def in_quotes(text: str, quote: str = '"') -> str:
    r"""A *text* on one line in quotes; in double ones where single ones cannot hold it.

    >>> print(in_quotes("it's", "'"), in_quotes('say "a"\n', "'"))
    'it''s' "say \"a\"\n"
    """
    if quote == "'" and not _SHOWN.search(text):
        return "'" + text.replace("'", "''") + "'"
    return '"' + _SHOWN.sub(lambda found: _escape(found[0]), re.sub(r'(["\\])', r"\\\1", text)) + '"'


def _escape(sign: str) -> str:
    known = {"\n": "\\n", "\t": "\\t", "\r": "\\r"}
    number = ord(sign)
    wide = f"\\u{number:04x}" if number <= 0xFFFF else f"\\U{number:08x}"
    return known.get(sign) or (f"\\x{number:02x}" if number <= 0xFF else wide)


def writer() -> YAML:
    """What writes YAML in the layout of the corpus."""
    yaml = YAML()
    yaml.Resolver, yaml.width, yaml.preserve_quotes = Strings, NEVER, True
    yaml.indent(mapping=2, sequence=4, offset=2)
    return yaml


def laid_out(key: str, value: Any, indent: int = 0, flows: bool = False) -> Any:
    """The *value* of a *key* as ruamel writes it in our layout; *flows* within brackets."""
    if isinstance(value, Mapping):
        inner = indent + 2 if key else indent
        return CommentedMap((name, laid_out(name, each, inner, flows)) for name, each in value.items())
    if isinstance(value, list):
        return _list(key, value, indent)
    text = str(value)
    if not flows and folds(text, indent + len(key) + 2):
        return _folded(text, indent + 2)
    quoted = QUOTED.search(text) or (flows and FLOW_QUOTED.search(text))
    return DoubleQuotedScalarString(text) if quoted else text


def _list(key: str, value: list[Any], indent: int) -> CommentedSeq:
    plain = all(isinstance(each, str) for each in value)
    line = indent + len(f"{key}: []") + sum(len(str(each)) + 2 for each in value) - 2
    inline = plain and line <= WIDTH
    entries = (ordered(key, each) if isinstance(each, Mapping) else each for each in value)
    made = CommentedSeq(laid_out("", each, indent + 4, inline or key in FLOWING) for each in entries)
    if inline:
        made.fa.set_flow_style()
    for each in made:
        if key in FLOWING and isinstance(each, CommentedMap):
            each.fa.set_flow_style()
    return made


def _folded(text: str, indent: int) -> Any:
    """*text* with the places where its lines end; ruamel itself lets lines be longer than wanted."""
    lines = wrap(text, WIDTH - indent, break_long_words=False, break_on_hyphens=False)
    ends = accumulate(len(line) + 1 for line in lines[:-1])
    folded: Any = FoldedScalarString(text)
    folded.fold_pos = [end - 1 for end in ends]
    return folded


def folds(text: str, start: int) -> bool:
    """Whether a text is long, and reads the same when it was folded: no line breaks, single spaces, plain signs."""
    return start + len(text) > WIDTH and " ".join(text.split()) == text and text.isprintable()
