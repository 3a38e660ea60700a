"""Change what a source file says and leave every line alone that need not change."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kb.corpus.sources import parse
from kb.corpus.written import ORDER, as_yaml


def revised(text: str, data: Mapping[str, Any], path: Path) -> str:
    """The *text* of the source file at *path*, changed so that it says *data*; all else in it stays as it is."""
    old = parse(text, path)
    new = text
    if old == data:
        return text
    try:
        for key in [*old, *(key for key in data if key not in old)]:
            if old.get(key) != data.get(key):
                new = _with_key(new, key, data.get(key))
        if parse(new, path) == data:
            return new
    except Exception:
        pass
    return as_yaml(data)


def _with_key(text: str, key: str, value: Any) -> str:
    end = "\r\n" if "\r\n" in text else "\n"
    lines = [line if line.endswith("\n") else line + end for line in text.splitlines(keepends=True)]
    spans = _spans(text, lines)
    new = [line + end for line in as_yaml({key: value}).splitlines()] if value is not None else []
    if key in spans:
        start, stop = spans[key]
    else:
        rank = {name: at for at, name in enumerate(ORDER)}
        before = [span for name, span in spans.items() if rank.get(name, -1) < rank.get(key, len(rank))]
        start = stop = max((stop for _, stop in before), default=min((start for start, _ in spans.values()), default=0))
    return "".join([*lines[:start], *new, *lines[stop:]])


def _spans(text: str, lines: list[str]) -> dict[str, tuple[int, int]]:
    from ruamel.yaml import YAML

    pairs = YAML(typ="base").compose(text).value
    starts = [(str(name.value), int(name.start_mark.line)) for name, _ in pairs]
    spans = {}
    for (name, start), stop in zip(starts, [*(start for _, start in starts[1:]), len(lines)], strict=True):
        while stop > start + 1 and (not lines[stop - 1].strip() or lines[stop - 1].startswith(("#", "...", "---"))):
            stop -= 1
        spans[name] = start, stop
    return spans
