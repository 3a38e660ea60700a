"""The fields of a form and the data of a source: each field is named by its place, such as ``claims.0.about``."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from werkzeug.datastructures import MultiDict

from kb import BadQuery
from kb.corpus.sources import CLAIM_LISTS, LISTS

Data = dict[str, Any]

CONTROLS = {  # fields that are no part of the data
    "do", "was", "revision", "id", "csrf_token", "lang", "message", "proposed", "seen", "style",
    "choose", "edit", "status", "statusBy", "statusDate", "statusNote",
}  # fmt: skip
ADD = "add"  # what ends the name of a field that a name is typed into, to join a list
LONG = {"summary", "note", "text", "quote", "definition"}  # keys whose texts may have several lines
MAPPINGS = {"authors", "editors", "treats", "claims", "asserts"}  # keys with a list of mappings
ALWAYS_LISTS = LISTS | CLAIM_LISTS | {"rejected", "replaces"}  # keys with a list even of one text
SUBJECT, RELATION, OBJECT = "subject", "relation", "object"
DEEPEST, LONGEST_LIST = 6, 2_000  # steps of a path; entries of a list
KINDS = {  # what a name typed to be added stands for, by key
    "subjects": "concept", "about": "concept", "rejected": "concept", "cites": "source",
    "supports": "claim", "disputes": "claim", "qualifies": "claim",
}  # fmt: skip
_STEP = re.compile(r"[A-Za-z][A-Za-z0-9_:-]*|[0-9]{1,4}")
EMPTY = 13  # fields of a claim that says nothing yet
_CLAIM_NUMBER = re.compile(r"#c(\d+)")


class Place(NamedTuple):
    """A place in the data: its path, and the steps that lead there, numbers within lists."""

    path: str
    steps: tuple[str | int, ...]


def place(path: str) -> Place:
    """The place that *path* names; raises BadQuery for what names none.

    >>> place("claims.0.about").steps
    ('claims', 0, 'about')
    """
    words = path.split(".")
    if len(words) > DEEPEST or not all(map(_STEP.fullmatch, words)) or words[0].isdecimal():
        raise BadQuery(f"{path[:80]!r} is no place in a source, such as claims.0.about")
    return Place(path, tuple(int(word) if word.isdecimal() else word for word in words))


# From a form to data, and back


def data_of(form: MultiDict[str, str], base: Mapping[str, Any], file: Mapping[str, Any] | None = None) -> Data:
    """What a *form* says, laid over the *base* that it was made from; claims that this lacks, over those of a *file*.

    Keys that the form does not show stay as they are; a field that was emptied goes. Entries of lists of mappings are
    those of the form, in its order; an empty one stays as ``{}`` until the data are `tidied`.
    """
    tree: Data = {}
    for name in form:
        if name.partition(".")[0] not in CONTROLS and not name.endswith("." + ADD):
            _plant(tree, place(name).steps, form.getlist(name))
    if "claims" in tree:
        base = {**base, "claims": _with_those_of(base.get("claims"), (file or {}).get("claims"))}
    return _laid_over(tree, base)


def _with_those_of(claims: Any, others: Any) -> list[Any]:
    """The *claims*, and *others* that are not among them: another window may have taken out what a form still shows."""
    here = list(claims) if isinstance(claims, list) else []
    ids = [each.get("id") for each in here if isinstance(each, Mapping)]
    more = others if isinstance(others, list) else []
    return here + [each for each in more if isinstance(each, Mapping) and each.get("id") not in ids]


def typed_names(form: MultiDict[str, str]) -> dict[str, str]:
    """The names that were typed to be added, by the path of the list that they are to join."""
    found = {name: one_line(form[name]) for name in form if name.endswith("." + ADD)}
    return {name.removesuffix("." + ADD): text for name, text in found.items() if text}


def one_line(text: str) -> str:
    """*text* on one line: line breaks are spaces, and none are left at its ends.

    >>> one_line("  Who pays\\r\\nand who decides ")
    'Who pays and who decides'
    """
    return " ".join(text.splitlines()).strip()


def several_lines(text: str) -> str:
    """*text* to the letter, with the line ends of files; nothing where it holds spaces alone."""
    ends = text.replace("\r\n", "\n").replace("\r", "\n")
    return ends if ends.strip() else ""


def tidied(data: Mapping[str, Any]) -> Data:
    """*data* without what is empty, as it is checked and saved."""
    kept: Data = {key: _tidied(value) for key, value in data.items()}
    return {key: value for key, value in kept.items() if value not in ("", [], {}, None)}


def shown_path(data: Mapping[str, Any], path: str) -> str:
    """The path in *data* of what has this *path* in them when they are `tidied`: empty entries count here.

    >>> shown_path({"authors": [{}, {"family": "Reed"}]}, "authors.0.family")
    'authors.1.family'
    """
    here: Any = data
    steps = []
    for word in path.split("."):
        step: str | int = int(word) if word.isdecimal() else word
        if isinstance(step, int) and isinstance(here, list):
            places = [at for at, each in enumerate(here) if _tidied(each) not in ("", [], {}, None)]
            step = places[step] if step < len(places) else step
        steps.append(str(step))
        here = _inside(here, step)
    return ".".join(steps)


def _tidied(value: Any) -> Any:
    if isinstance(value, Mapping):
        return tidied(value)
    if isinstance(value, list):
        return [kept for each in value if (kept := _tidied(each)) not in ("", [], {}, None)]
    return value


def _plant(tree: Data, steps: Sequence[str | int], values: list[str]) -> None:
    """Put *values* into *tree* at *steps*; lists of mappings are mappings by number here."""
    for step in steps[:-1]:
        inner = tree.setdefault(step, {})  # type: ignore[arg-type]
        if not isinstance(inner, dict):
            raise BadQuery(f"{steps[0]}: is both one field and several in this form: open the form again")
        tree = inner
    if isinstance(tree.get(steps[-1]), dict):  # type: ignore[arg-type]
        raise BadQuery(f"{steps[0]}: is both one field and several in this form: open the form again")
    tree[steps[-1]] = values  # type: ignore[index]


def _laid_over(tree: Mapping[Any, Any], base: Mapping[str, Any]) -> Data:
    """The mapping that a *tree* of fields gives, with the keys of *base* that are not in it."""
    made: Data = {}
    for key in [*base, *(key for key in tree if key not in base)]:
        value = _value(key, tree[key], base.get(key)) if key in tree else base[key]
        if value not in ("", [], None):
            made[key] = value
    return made


def _value(key: str, given: Any, old: Any) -> Any:
    """What the fields *given* of one *key* say; the *old* value where it says the same."""
    if not isinstance(given, dict):
        return _texts(key, given, old)
    if given and not all(isinstance(each, int) for each in given):
        return _laid_over(given, old if isinstance(old, Mapping) else {})
    entries = [given[number] for number in sorted(given)][:LONGEST_LIST]
    if not all(isinstance(each, dict) for each in entries):
        raise BadQuery(f"{key}: an entry of a list has fields of its own: open the form again")
    return [_entry(key, each, number, old) for number, each in enumerate(entries)]


def _entry(key: str, given: Mapping[str, Any], number: int, old: Any) -> Data:
    """One entry of a list of mappings, laid over the old one: the claim with the same id, else the one at its place."""
    olds = [each for each in old if isinstance(each, Mapping)] if isinstance(old, list) else []
    if "id" in given:
        id = given["id"][-1] if isinstance(given["id"], list) else ""
        near = olds[number : number + 1] + olds  # two claims may have one id, in a file that was edited by hand
        before: Mapping[str, Any] = next((each for each in near if each.get("id") == id), {})
    else:
        before = olds[number] if number < len(olds) else {}
    if RELATION in given or OBJECT in given:
        return _relation(given, before)
    return _laid_over(given, before)


def _relation(given: Mapping[str, Any], before: Mapping[str, Any]) -> Data:
    """An entry of ``asserts`` as files have it: its relation is the key, its object the value.

    What is not whole yet keeps the names of its fields.
    """
    old = asserted(before)
    subject, relation = (one_line("".join(given.get(name, [""])[-1:])) for name in (SUBJECT, RELATION))
    objects = [text for each in given.get(OBJECT, []) if (text := one_line(each))]
    kept = {key: each for key, each in before.items() if key not in (SUBJECT, RELATION, OBJECT, old[RELATION])}
    made: Data = {SUBJECT: subject} if subject else {}
    if relation and objects:
        return made | {relation: objects[0] if len(objects) == 1 else objects} | kept
    made |= {RELATION: relation} if relation else {}
    return made | ({OBJECT: objects[0] if len(objects) == 1 else objects} if objects else {}) | kept


def asserted(entry: Mapping[str, Any]) -> dict[str, Any]:
    """An entry of ``asserts`` as a form shows it: subject, relation and object, each a text, the last perhaps a list.

    >>> asserted({"subject": "mistrust", "mitigatedBy": "meetings"})
    {'subject': 'mistrust', 'relation': 'mitigatedBy', 'object': 'meetings'}
    """
    said = [key for key in entry if key not in (SUBJECT, RELATION, OBJECT)]
    relation = said[0] if said else entry.get(RELATION, "")
    return {SUBJECT: entry.get(SUBJECT, ""), RELATION: relation,
            OBJECT: entry[said[0]] if said else entry.get(OBJECT, "")}  # fmt: skip


def _texts(key: str, given: Sequence[str], old: Any) -> Any:
    clean = several_lines if key in LONG else one_line
    values = [text for each in given if (text := clean(each))]
    before = [each for each in (old if isinstance(old, list) else [old]) if isinstance(each, str)]
    if old is not None and values == [clean(each) for each in before if clean(each)]:
        return old  # as the file has it, with its line breaks and its brackets
    if key in ALWAYS_LISTS or len(values) > 1:
        return values
    return values[0] if values else ""


# What a button does to the data


def done(data: Mapping[str, Any], do: str, taken: Iterable[str] = ()) -> tuple[Data, str]:
    """The *data* after the button *do*, such as ``up:authors.1``, and the path to show next.

    The ids of claims that are *taken* are not given to a new one.
    """
    verb, _, path = do.partition(":")
    path, _, value = path.partition("=")
    if verb not in OPERATIONS and verb != "add":
        raise BadQuery(f"{do[:80]!r} is nothing that a button here does")
    made = _copied(data)
    if verb == "add":
        return made, _add(made, path, taken)
    return made, OPERATIONS[verb](made, path, value)


def joined(data: Mapping[str, Any], path: str, value: str) -> Data:
    """*data* with *value* as the last of the list at *path*, if it is not in it yet."""
    made: Data = _copied(data)
    _accept(made, path, value)
    return made


def size(data: Any) -> int:
    """How many fields a form for *data* has at most: one for each text, and those of each claim that may be empty.

    >>> size({"title": "Reeds", "isbn": ["1", "2"], "claims": [{"text": "Reeds grow."}]})
    17
    """
    if isinstance(data, Mapping):
        return sum(map(size, data.values())) + EMPTY * len(data.get("claims") or ())
    return sum(map(size, data)) if isinstance(data, list) else 1


def next_claim(claims: Iterable[Mapping[str, Any]], also: Iterable[str] = ()) -> str:
    """The id of the next claim: one more than the highest of these, and of what is *also* taken.

    >>> next_claim([{"id": "#c1"}, {"id": "#c4"}])
    '#c5'
    """
    ids = [*(str(each.get("id", "")) for each in claims), *also]
    return f"#c{max((int(found[1]) for id in ids if (found := _CLAIM_NUMBER.fullmatch(id))), default=0) + 1}"


def _add(data: Data, path: str, taken: Iterable[str]) -> str:
    """A new empty entry at the end of the list; of claims, one with the next number."""
    key = place(path).steps[-1]
    if key not in MAPPINGS:
        return path  # a list of texts always shows one empty field more
    entries = _list(data, path)
    if len(entries) >= LONGEST_LIST:
        raise BadQuery(f"{path}: has {len(entries):,} entries: no more can be added")
    entries.append({"id": next_claim(entries, taken)} if key == "claims" else {})
    return f"{path}.{len(entries) - 1}"


def _remove(data: Data, path: str, _: str) -> str:
    above, number = _numbered(data, path)
    entries = _list(data, above)
    if number < len(entries):
        del entries[number]
    return f"{above}.{max(0, min(number, len(entries) - 1))}" if entries else above


def _up(data: Data, path: str, _: str) -> str:
    return _swap(data, path, -1)


def _down(data: Data, path: str, _: str) -> str:
    return _swap(data, path, 1)


def _swap(data: Data, path: str, by: int) -> str:
    above, number = _numbered(data, path)
    entries, other = _list(data, above), number + by
    if not (0 <= other < len(entries) and number < len(entries)):
        return path
    entries[number], entries[other] = entries[other], entries[number]
    return f"{above}.{other}"


def _accept(data: Data, path: str, value: str) -> str:
    """Put *value* into the list at *path*; it is no longer among what was rejected."""
    if not one_line(value):
        raise BadQuery("nothing was chosen to be added")
    entries = _list(data, path)
    if value not in entries:
        entries.append(value)
    if path == "subjects":
        _unreject(data, value, "")
    return path


def _reject(data: Data, id: str, _: str) -> str:
    rejected = _list(data, "rejected")
    if id and id not in rejected:
        rejected.append(id)
    return "subjects"


def _unreject(data: Data, id: str, _: str) -> str:
    if rest := [each for each in _list(data, "rejected") if each != id]:
        data["rejected"] = rest
    else:
        data.pop("rejected", None)
    return "subjects"


OPERATIONS: dict[str, Callable[[Data, str, str], str]] = {
    "remove": _remove, "up": _up, "down": _down, "accept": _accept, "reject": _reject, "unreject": _unreject,
}  # fmt: skip


def _numbered(data: Data, path: str) -> tuple[str, int]:
    """The path of a list, and the number of the entry in it that *path* names."""
    *_, last = place(path).steps
    if not isinstance(last, int):
        raise BadQuery(f"{path[:80]}: is no entry of a list, such as authors.0")
    return path.rpartition(".")[0], last


def _list(data: Data, path: str) -> list[Any]:
    """The list at *path*, made where there is none."""
    *above, last = place(path).steps
    node: Any = data
    for step in above:
        node = _inside(node, step)
        if node is None:
            raise BadQuery(f"{path[:80]}: there is no such place here any more: open the form again")
    if isinstance(last, int) or not isinstance(node, dict):
        raise BadQuery(f"{path[:80]}: is no list")
    value = node.get(last)
    if not isinstance(value, list):
        node[last] = [value] if value not in (None, "") else []
    found: list[Any] = node[last]
    return found


def _inside(node: Any, step: str | int) -> Any:
    """What is at *step* of a mapping or list; None where there is nothing."""
    if isinstance(step, int):
        return node[step] if isinstance(node, list) and step < len(node) else None
    return node.get(step) if isinstance(node, dict) else None


def _copied(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _copied(each) for key, each in value.items()}
    return [_copied(each) for each in value] if isinstance(value, list) else value
