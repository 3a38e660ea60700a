"""Readers' judgements, added one at a time to a file of questions by edits that leave its other lines alone."""

from __future__ import annotations

import fcntl
import json
import os
import re
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap

from kb.corpus.sources import parse, read, read_bytes, write_atomically
from kb.errors import BadQuery, BadSource
from kb.retrieval.evaluate import Question, questions

GRADES = {0: "not relevant", 1: "good to have", 2: "must be near the top"}


def judge(path: Path, query: str, id: str, grade: int, note: str = "", judge: str = "", on: str | None = None) -> str:
    """Write into the questions file *path* how well *id* answers *query*; return the question's id.

    *grade* is a key of GRADES; 0 tells judged irrelevant from unjudged. *judge* (who) is kept as ``by:``, *on* is an
    ISO date, else today. A question with these words, in any case and spacing, is added to, or one is made: J1, J2 …
    A second judgement of an id takes the place of the first, its note and judge included. A missing file is made.
    Writers on one machine wait for each other. Raises BadQuery for what cannot be kept, BadSource for a file that
    cannot be read or written; it then stays as it was.
    """
    query, entry = _line(query), _entry(id, grade, note, judge, on)
    if not query:
        raise BadQuery("no query: tell what was searched for when this result came up")
    try:
        folder = os.open(path.resolve().parent, os.O_RDONLY)
        try:
            fcntl.flock(folder, fcntl.LOCK_EX)  # not the file's, which is replaced; not a lock file's, which would stay
            asked, text = _judged(path, query, entry)
            write_atomically(path, text)
        finally:
            os.close(folder)
    except OSError as error:
        raise BadSource(f"{path}: cannot be written: {error.strerror}") from error
    return asked


def _entry(id: str, grade: int, note: str, judge: str, on: str | None) -> CommentedMap:
    """The judgement as the file has it, on one line; empty parts are left out."""
    if not id or " " in id or not id.isprintable():
        raise BadQuery(f"{id!r} is no id: give that of a result, such as 'reed-2001'")
    if grade not in GRADES:
        raise BadQuery(f"no grade {grade!r}: give {', '.join(f'{n} ({what})' for n, what in GRADES.items())}")
    try:
        day = date.fromisoformat(on) if on else date.today()
    except ValueError:
        raise BadQuery(f"{on!r} is no date: write it as 2026-01-31") from None
    said = {key: text for key, text in (("note", _line(note)), ("by", _line(judge))) if text}
    entry = CommentedMap({"id": id, "grade": int(grade), **said, "on": day})
    entry.fa.set_flow_style()
    return entry


def _judged(path: Path, query: str, entry: CommentedMap) -> tuple[str, str]:
    """The question's id, and the file's text with the judgement: read again, nothing else may have changed."""
    raw = read_bytes(path) if path.exists() else b""
    try:
        text = raw.decode("utf-8") if raw.strip() else "questions:"
        text += "" if text.endswith("\n") else "\n"
        data = json.loads(json.dumps(parse(text, path)))  # in which nothing is shared, as by an alias in YAML
        asked, edited = _edited(text, data, query, entry)
        for q in data["questions"]:
            Question(q["id"], q["query"], {r["id"]: int(r["grade"]) for r in q["relevant"]})
        if parse(edited, path) == data:
            return asked, edited
    except Exception:  # the file is damaged, which is told now, or uses arts of YAML that only its author can edit
        read(path)
        questions(path)
    raise BadSource(f"{path}: is written in a way that cannot be added to: put {entry['id']!r} into it by hand")


def _edited(text: str, data: dict[str, Any], query: str, entry: CommentedMap) -> tuple[str, str]:
    """The question's id, and *text* with the judgement; *data*, what the text says, is brought to the same state."""
    told = {key: str(value) for key, value in entry.items()}
    key, node = _field(YAML(typ="base").compose(text), "questions")
    asked = data["questions"] = data["questions"] or []
    n = next((n for n, question in enumerate(asked) if _line(question["query"]).casefold() == query.casefold()), None)
    if n is None:
        numbers = [int(found[1]) for q in asked if (found := re.fullmatch(r"J(\d+)", str(q["id"])))]
        new = {"id": f"J{max(numbers, default=0) + 1}", "query": query}
        asked.append({**new, "relevant": [told]})
        return new["id"], _with_item(text, key, node, CommentedMap({**new, "relevant": [entry]}))
    judged = asked[n]["relevant"] = asked[n]["relevant"] or []
    key, node = _field(node.value[n], "relevant")
    m = max((m for m, other in enumerate(judged) if str(other["id"]) == told["id"]), default=None)  # which counts
    if m is None:
        judged.append(told)
        return str(asked[n]["id"]), _with_item(text, key, node, entry)
    judged[m] = {key: value for key, value in judged[m].items() if key not in ("note", "by")} | told
    return str(asked[n]["id"]), _with_entry(text, node.value[m], entry)


def _with_item(text: str, key: Any, node: Any, item: CommentedMap) -> str:
    """*text* with *item* at the end of the list *node* under *key*, in the style of the list."""
    if node.id == "sequence" and node.flow_style:
        at = _end(node.value[-1]) if node.value else node.end_mark.index - 1
        item.fa.set_flow_style()
        return text[:at] + (", " if node.value else "") + _dump(item) + text[at:]
    last, column = (node, node.start_mark.column) if node.value else (key, key.start_mark.column + 2)
    at, pad = text.find("\n", _end(last) - 1) + 1, " " * column
    return text[:at] + f"{pad}- " + _dump(item).replace("\n", f"\n{pad}  ") + "\n" + text[at:]


def _with_entry(text: str, node: Any, entry: CommentedMap) -> str:
    """*text* with *entry* in the place of the judgement *node*, whose comments and other keys stay."""
    pad = "\n" + " " * node.start_mark.column
    start, end = node.start_mark.index, _end(node) if node.flow_style else text.find("\n", _end(node) - 1)
    now = _round_trip().load(text[start:end].replace(pad, "\n"))
    for key in ("note", "by", "on"):
        now.pop(key, None)
    now.update(entry)
    return text[:start] + _dump(now).replace("\n", pad) + text[end:]


def _end(node: Any) -> int:
    """Where the last value of *node* ends: a block's own mark stands after the comments and blank lines below it."""
    while node.id != "scalar" and not node.flow_style:
        key, node = node.value[-1] if node.id == "mapping" else (None, node.value[-1])
        if key and node.start_mark.index == node.end_mark.index:  # nothing was given
            return int(key.end_mark.index)
    return int(node.end_mark.index)


def _field(mapping: Any, name: str) -> tuple[Any, Any]:
    return next((key, value) for key, value in mapping.value if key.value == name)


def _dump(value: CommentedMap) -> str:
    yaml, out = _round_trip(), StringIO()
    yaml.width = 1 << 30  # no line is broken
    yaml.dump(value, out)
    return out.getvalue().rstrip("\n")


def _line(text: Any) -> str:
    return " ".join(str(text).split())


def _round_trip() -> YAML:
    yaml = YAML()
    yaml.preserve_quotes, yaml.width = True, 100
    yaml.indent(mapping=2, sequence=4, offset=2)
    return yaml
