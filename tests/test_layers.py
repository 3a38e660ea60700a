"""Imports point one way: who reads a module needs to know only the layers below it."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

LAYERS = [
    "errors", "terms readonly plain turns", "corpus", "bibliography graph home", "saving", "retrieval", "overview",
    "evidence", "build views intake", "synthesis", "answers generation", "clauses works curation", "sparql", "base",
    "watch", "webapp", "cli",
]  # fmt: skip
RANK = {unit: rank for rank, units in enumerate(LAYERS) for unit in units.split()}
FORBIDDEN = {"kb": {"flask", "werkzeug", "jinja2"}, "webapp": {"rdflib", "pyoxigraph", "faiss", "ruamel"}}
ROOT = Path(__file__).parents[1]
MODULES = [path.relative_to(ROOT) for top in FORBIDDEN for path in sorted((ROOT / top).rglob("*.py"))]


def imported(path: Path) -> Iterator[str]:
    """The full name of each thing that a module imports, wherever in it: ``kb.errors.NotFound``."""
    for node in ast.walk(ast.parse((ROOT / path).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = path.parts[: -node.level] if node.level else ()
            module = ".".join([*above, *filter(None, [node.module])])
            yield from (f"{module}.{alias.name}" for alias in node.names)


def unit(name: str) -> str | None:
    """The unit of LAYERS a dotted name belongs to; what the package itself offers counts as where it is from."""
    top, _, rest = name.partition(".")
    if top == "webapp":
        return top
    first = {"KnowledgeBase": "base", "Answer": "answers", "Hit": "retrieval"}.get(rest, rest.partition(".")[0])
    return (first if first in RANK else "errors") if top == "kb" else None


@pytest.mark.parametrize("path", MODULES, ids=str)
def test_a_module_imports_only_from_layers_below(path):
    own = unit(".".join(path.with_suffix("").parts))
    top = path.parts[0]
    names = set() if path == Path("kb/__init__.py") else set(imported(path))  # which offers all, and imports late

    wrong = {name for name in names if (other := unit(name)) and other != own and RANK[other] >= RANK[own]}
    wrong |= {name for name in names if name.partition(".")[0] in FORBIDDEN[top]}

    assert wrong == set()
