# ruff: noqa: E501, UP031 – queries are read best in one line, and they are full of braces
"""Hostile queries: each tries to take time, memory or stack, to leave the machine, or to hide that it does."""

from typing import NamedTuple

PKB = "PREFIX pkb: <https://w3id.org/partnership-kb/ns#> "
FINE, BAD, LONG, LATE = 200, 400, 413, 504
PORT = "%PORT%"  # of the listener that must stay silent


class Attack(NamedTuple):
    """A query, and the statuses that are right for it; where 200 is and it is large, it may break off."""

    name: str
    text: str
    statuses: tuple[int, ...]


def every() -> list[Attack]:
    """All of them."""
    groups = ((_bombs(), (FINE, LATE, LONG, BAD)), (_nested(), (BAD, LONG)), (_huge(), (FINE, LATE, BAD)),
              (_strings(), (FINE, LATE, BAD)), (_too_long(), (LONG,)), (_searches(), (BAD,)), (_long_searches(), (FINE,)),
              (_disguised(), (BAD,)), (_elsewhere(), (FINE,)))  # fmt: skip
    return [Attack(name, text, statuses) for queries, statuses in groups for name, text in queries.items()]


def refused() -> list[Attack]:
    """Those that are refused by their text alone."""
    queries = {**_searches(), **_disguised()}
    return [
        *(Attack(*each, (BAD,)) for each in queries.items()),
        *(Attack(*each, (LONG,)) for each in _too_long().items()),
    ]


def named(name: str) -> Attack:
    """The one of that name."""
    return next(attack for attack in every() if attack.name == name)


def _bombs() -> dict[str, str]:
    """A short text, endless work."""
    three = "?a ?b ?c . ?d ?e ?f . ?g ?h ?i"
    return {
        "cross product, counted": f"SELECT (COUNT(*) AS ?n) {{ {three} . ?j ?k ?l }}",
        "cross product, written": f"SELECT * {{ {three} }}",
        "cross product, nothing passes": f"ASK {{ {three} FILTER(?a = ?d && ?d != ?a) }}",
        "cross product, sorted": f"SELECT * {{ {three} }} ORDER BY ?c DESC(?f) ?i",
        "cross product, sorted by chance": f"SELECT * {{ {three} }} ORDER BY RAND() LIMIT 1",
        "cross product, distinct": f"SELECT DISTINCT ?c ?f ?i {{ {three} }} OFFSET 10000000",
        "cross product, grouped": f"SELECT ?c ?f (COUNT(DISTINCT ?i) AS ?n) {{ {three} }} GROUP BY ?c ?f HAVING(?n < 0)",
        "cross product, concatenated": f"SELECT (GROUP_CONCAT(?c) AS ?t) {{ {three} }}",
        "cross product, hashed": f"SELECT (MAX(SHA512(CONCAT(STR(?c), STR(?f), STR(?i)))) AS ?m) {{ {three} }}",
        "cross product, taken away": f"SELECT * {{ ?a ?b ?c MINUS {{ {three} FILTER(?d = ?g) }} }}",
        "cross product, drawn": f"CONSTRUCT {{ ?a ?b ?f . ?d ?e ?i . [] ?h (?a ?d ?g) }} WHERE {{ {three} }}",
        "cross product, described": f"DESCRIBE ?a ?d ?g {{ {three} }}",
        "cross product of values": "SELECT (COUNT(*) AS ?n) { %s }" % " ".join(
            f"VALUES ?v{n} {{ {' '.join(map(str, range(900)))} }}" for n in range(5)
        ),
        "all paths along a chain": "SELECT (COUNT(*) AS ?n) { ?a <urn:next>* ?b }",
        "all paths both ways": "SELECT (COUNT(*) AS ?n) { ?a (<urn:next>|^<urn:next>)+ ?b . ?b <urn:next>* ?c }",
        "all paths of paths": "SELECT (COUNT(*) AS ?n) { ?a ((<urn:knows>*)*/(<urn:next>+)?)* ?b }",
        "all paths by any property": "SELECT (COUNT(*) AS ?n) { ?a (!<urn:none>|^!<urn:none>)* ?b }",
        "walks of forty steps": f"SELECT (COUNT(*) AS ?n) {{ ?a {'/'.join(['<urn:knows>'] * 40)} ?b }}",
        "optional steps": f"SELECT * {{ ?a {'/'.join(['<urn:knows>?'] * 20)} ?b }}",
        "cliques of ten": "SELECT * { %s }" % " . ".join(
            f"?v{a} <urn:knows> ?v{b}" for a in range(10) for b in range(a)
        ),
        "absence in absence": "SELECT * { ?s ?p ?o %s }" % (
            "".join(f"FILTER NOT EXISTS {{ ?s{n} ?p{n} ?o{n} . ?t{n} ?q{n} ?r{n} " for n in range(12)) + "}" * 12
        ),
        "five hundred unions": "SELECT (COUNT(*) AS ?n) { ?a ?b ?c { %s } }" % " UNION ".join(["{ ?s ?p ?o }"] * 500),
        "two hundred options": "SELECT (COUNT(*) AS ?n) { %s }" % " ".join(
            f"OPTIONAL {{ ?a{n} <urn:knows> ?b{n} }}" for n in range(200)
        ),
        "every graph with every graph": "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?a ?b ?c } GRAPH ?h { ?d ?e ?f } }",
        "seen as text": f"SELECT (COUNT(*) AS ?n) {{ {three} FILTER(CONTAINS(LCASE(CONCAT(STR(?c), STR(?f))), STR(?i))) }}",
    }  # fmt: skip


def _nested() -> dict[str, str]:
    """Deep enough to end a stack."""
    return {
        "groups in groups": "ASK " + "{" * 20_000 + "}" * 20_000,
        "groups that never close": "SELECT * " + "{ ?s ?p ?o " * 9_000,
        "brackets in brackets": "ASK { FILTER" + "(" * 20_000 + "1" + ")" * 20_000 + " }",
        "no no no": "ASK { FILTER(" + "!" * 40_000 + "true) }",
        "minus minus minus": "ASK { FILTER(" + "- " * 40_000 + "1) }",
        "functions in functions": "ASK { FILTER(" + "STR(" * 10_000 + "1" + ")" * 10_000 + ") }",
        "paths in paths": "ASK { ?a " + "(" * 20_000 + "<urn:next>" + ")" * 20_000 + " ?b }",
        "blanks in blanks": "ASK { " + "[ <urn:p> " * 8_000 + "1" + " ]" * 8_000 + " }",
        "lists in lists": "ASK { ?a <urn:p> " + "(" * 20_000 + "1" + ")" * 20_000 + " }",
        "selects in selects": "SELECT * " + "{ SELECT * " * 7_000 + "{ ?s ?p ?o }" + " }" * 7_000,
        "absences in absences": "ASK { " + "FILTER NOT EXISTS { " * 4_000 + "}" * 4_000 + " }",
        "options in options": "ASK { " + "OPTIONAL { " * 8_000 + "}" * 8_000 + " }",
    }


def _huge() -> dict[str, str]:
    """As long as a text may be."""
    return {
        "a list of ten thousand": "ASK { ?a <urn:p> (" + " 1" * 10_000 + ") }",
        "ten thousand patterns": "SELECT * { " + "?s ?p ?o . " * 9_000 + "}",
        "four thousand bindings": "SELECT * { " + " ".join(f"BIND(1 AS ?v{n})" for n in range(4_000)) + " }",
        "a name of ninety thousand letters": f"SELECT ?{'x' * 90_000} {{ <urn:{'y' * 9_000}> ?p ?o }}",
        "a text of ninety thousand letters": f"SELECT * {{ ?s ?p '{'x' * 90_000}' }}",
        "three thousand graphs": "SELECT (COUNT(*) AS ?n) "
        + " ".join(f"FROM <urn:g{n}>" for n in range(3_000))
        + "{ ?s ?p ?o }",
        "ten thousand alternatives": "SELECT (COUNT(*) AS ?n) { ?s (" + "|".join(["<urn:next>"] * 6_000) + ")* ?o }",
        "nothing but comments": "#\r" * 45_000 + "ASK {}",
        "five thousand rows of nothing": f"SELECT * {{ VALUES (?a ?b) {{ {'(UNDEF UNDEF) ' * 4_900} }} ?a <urn:next> ?b }}",
        "ten thousand conditions": f"SELECT * {{ ?s ?p ?o FILTER({' && '.join(['?s != ?o'] * 8_000)}) }}",
        "a hundred from one": "SELECT * { ?a <urn:knows> %s }" % " , ".join(f"?v{n}" for n in range(100)),
    }


def _strings() -> dict[str, str]:
    """A text that doubles and doubles, and patterns that look for long."""
    doubled = " ".join(f"BIND(CONCAT(?t{n}, ?t{n}) AS ?t{n + 1})" for n in range(40))
    replaced = " ".join(f"BIND(REPLACE(?t{n}, 'a', 'aaaaaaaa') AS ?t{n + 1})" for n in range(20))
    return {
        "doubled by CONCAT": f"SELECT (STRLEN(?t40) AS ?n) {{ BIND('aaaaaaaa' AS ?t0) {doubled} }}",
        "doubled by CONCAT and written": f"SELECT * {{ BIND('aaaaaaaa' AS ?t0) {doubled} }}",
        "grown by REPLACE": f"SELECT (STRLEN(?t20) AS ?n) {{ BIND('a' AS ?t0) {replaced} }}",
        "grown in a group": "SELECT (GROUP_CONCAT(?t; separator='%s') AS ?all) { ?s <urn:text> ?t . ?a ?b ?c }" % ("x" * 50_000),
        "percent on percent": "SELECT (STRLEN(?t9) AS ?n) { BIND('%s' AS ?t0) %s }" % (
            "ä" * 20_000, " ".join(f"BIND(ENCODE_FOR_URI(CONCAT(?t{n}, ?t{n})) AS ?t{n + 1})" for n in range(9))),
        "a pattern that goes back": f"SELECT * {{ ?s ?p ?o FILTER(REGEX('{'a' * 5_000}b', '(a|aa|a*)*(a+)+c')) }}",
        "a pattern of a billion states": "SELECT * { ?s <urn:text> ?t FILTER(REGEX(?t, '((((a{100}){100}){100}){100}){100}')) }",
        "a pattern of fifty thousand letters": f"SELECT * {{ ?s <urn:text> ?t FILTER(REGEX(?t, '{'(x+x+)+y|' * 6_000}z', 'i')) }}",
        "a new pattern for each row": "SELECT (COUNT(*) AS ?n) { ?s <urn:text> ?t . ?r <urn:text> ?u FILTER(REGEX(?t, CONCAT('(', ?u, ')+'))) }",
    }  # fmt: skip


def _too_long() -> dict[str, str]:
    """Over a limit that is told by the text alone."""
    return {
        "a hundred thousand letters": "ASK {} #" + "x" * 100_000,
        "fifty thousand marks": "SELECT * {" + "{}" * 40_000 + "}",
        "two thousand prefixes": "".join(f"PREFIX p{n}: <urn:{n}> " for n in range(2_000)) + "ASK {}",
        "six thousand rows": "SELECT * { VALUES ?x { " + "1 " * 6_000 + "} }",
    }


def _searches() -> dict[str, str]:
    """Our own clause, abused."""
    clause = 'SERVICE pkb:search { [] pkb:query "trust" ; pkb:hit ?hit }'
    asked = "SERVICE pkb:search { [] pkb:query ?q ; pkb:hit ?hit }"
    return {name: PKB + text for name, text in {
        "seventeen rows": f"SELECT * {{ VALUES ?q {{ {' '.join(map(str, range(17)))} }} {asked} }}",
        "rows times rows": f"SELECT * {{ {' '.join(f'VALUES (?q ?v{n}) {{ (1 2) (3 4) }}' for n in range(40))} {asked} }}",
        "four thousand rows": f"SELECT * {{ VALUES ?q {{ {' '.join(map(str, range(4_000)))} }} {asked} }}",
        "a thousand clauses": f"SELECT * {{ {clause * 1_000} }}",
        "clauses that never close": f"SELECT * {{ {'SERVICE pkb:search { ' * 3_000}",
        "a clause in a clause": f"SELECT * {{ SERVICE pkb:search {{ [] pkb:query 'a' ; pkb:hit ?h . {clause} }} }}",
        "three thousand concepts": 'SELECT * { SERVICE pkb:search { [] pkb:query "a" ; pkb:hit ?h %s } }' % ("; pkb:about pkb:a" * 3_000),
        "lists in lists in a clause": "SELECT * { SERVICE pkb:search { [] pkb:about %s1%s } }" % ("(" * 400, ")" * 400),
        "blanks in blanks in a clause": "SELECT * { SERVICE pkb:search { [] pkb:about %s1%s } }" % ("[ pkb:a " * 400, "]" * 400),
        "six hundred prefixes": "".join(f"PREFIX p{n}: <urn:{n}> " for n in range(600)) + f"SELECT * {{ VALUES ?q {{ 1 2 }} {asked} }}",
        "a million hits": 'SELECT * { SERVICE pkb:search { [] pkb:query "a" ; pkb:limit 1000000 ; pkb:hit ?h } }',
        "what the row gives is no text": "SELECT * { VALUES ?q { 'a'^^<urn:b> UNDEF } SERVICE pkb:search { [] pkb:kind ?q ; pkb:query ?q ; pkb:hit ?h } }",
        "another service beside a clause": f"SELECT * {{ {clause} SERVICE <http://127.0.0.1:{PORT}/> {{ ?s ?p ?o }} }}",
        "another service in a clause": f"SELECT * {{ SERVICE pkb:search {{ SERVICE <http://127.0.0.1:{PORT}/> {{ ?s ?p ?o }} }} }}",
        "pkb: means another": f"PREFIX pkb: <http://127.0.0.1:{PORT}/> SELECT * {{ {clause} }}",
        "search is another": f"SELECT * {{ SERVICE <http://127.0.0.1:{PORT}/search> {{ [] pkb:query 'a' ; pkb:hit ?h }} }}",
        "a variable for a clause": f"SELECT * {{ BIND(<http://127.0.0.1:{PORT}/> AS ?s) SERVICE ?s {{ [] pkb:query 'a' ; pkb:hit ?h }} }}",
        "out of a text": f"SELECT * {{ SERVICE pkb:search {{ [] pkb:query \"\"\"a\"\"\" ; pkb:hit ?h }} }} }} SERVICE <http://127.0.0.1:{PORT}/> {{",
    }.items()}  # fmt: skip


def _long_searches() -> dict[str, str]:
    """What the clause allows, at its limits."""
    asked = "SERVICE pkb:search { [] pkb:query ?q ; pkb:limit 1000 ; pkb:hit ?h ; pkb:text ?t ; pkb:citation ?c ; pkb:reason ?r }"
    clause = 'SERVICE pkb:search { [] pkb:query "trust" ; pkb:hit ?hit }'
    rows = " ".join(f'"trust and power {n}"' for n in range(16))
    return {name: PKB + text for name, text in {
        "sixteen thousand hits": f"SELECT * {{ VALUES ?q {{ {rows} }} {asked} }}",
        "a search for a book": f"SELECT * {{ SERVICE pkb:search {{ [] pkb:query '{'trust ' * 12_000}' ; pkb:hit ?h }} }}",
        "in a hundred groups": f"SELECT * {{ {'{ ' * 100} {clause} {'} ' * 100} }}",
        "a text about services": "SELECT * { SERVICE pkb:search { [] pkb:query '''} SERVICE <http://127.0.0.1:9/> { # LATERAL''' ; pkb:hit ?h } }",
    }.items()}  # fmt: skip


def _disguised() -> dict[str, str]:
    """A request to elsewhere, hidden."""
    place = f"<http://127.0.0.1:{PORT}/> {{ ?s ?p ?o }}"
    return {
        "open": f"SELECT * {{ SERVICE {place} }}",
        "silent": f"SELECT * {{ sErViCe SILENT {place} }}",
        "in a sub-select": f"SELECT * {{ {{ SELECT * {{ {{ SELECT * {{ SERVICE {place} }} }} }} }} }}",
        "in EXISTS": f"SELECT * {{ ?a ?b ?c FILTER EXISTS {{ SERVICE {place} }} }}",
        "in NOT EXISTS in BIND": f"SELECT * {{ BIND(NOT EXISTS {{ SERVICE {place} }} AS ?x) }}",
        "in LATERAL": f"SELECT * {{ ?a ?b ?c LATERAL {{ SERVICE {place} }} }}",
        "in OPTIONAL, MINUS and UNION": f"SELECT * {{ OPTIONAL {{ {{}} UNION {{ ?a ?b ?c MINUS {{ SERVICE {place} }} }} }} }}",
        "in a graph": f"SELECT * {{ GRAPH ?g {{ SERVICE {place} }} }}",
        "in a template's query": f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ SERVICE {place} }}",
        "in what is described": f"DESCRIBE ?s {{ SERVICE {place} }}",
        "in an aggregate": f"SELECT (COUNT(*) AS ?n) {{ ?a ?b ?c }} HAVING (EXISTS {{ SERVICE {place} }})",
        "in an order": f"SELECT * {{ ?a ?b ?c }} ORDER BY (EXISTS {{ SERVICE {place} }})",
        "behind a comment that ends in CR": f"SELECT * {{ # hello\r SERVICE {place} }}",
        "behind a comment in a comment": f"SELECT * {{ #'''\n SERVICE {place} #'''\n }}",
        "behind a mark in an IRI": f"SELECT * {{ <urn:a#b> <urn:p> 1 .\rSERVICE {place} }}",
        "behind less than": f"SELECT * {{ FILTER(1<2)SERVICE#>\n{place} }}",
        "behind a number": f"SELECT * {{ ?a ?b 1.SERVICE {place} }}",
        "behind a truth": f"SELECT * {{ ?a ?b true.SERVICE {place} }}",
        "without a space": f"PREFIX ex: <http://127.0.0.1:{PORT}/> SELECT * {{ SERVICEex:x {{ ?s ?p ?o }} }}",
        "by an empty prefix": f"PREFIX : <http://127.0.0.1:{PORT}/> SELECT * {{ SERVICE:x {{ ?s ?p ?o }} }}",
        "by a prefix of that name": f"PREFIX SERVICEa: <http://127.0.0.1:{PORT}/> SELECT * {{ SERVICEa:x {{ ?s ?p ?o }} }}",
        "by a base": f"BASE <http://127.0.0.1:{PORT}/> SELECT * {{ SERVICE <x> {{ ?s ?p ?o }} }}",
        "by escapes in the word": f"SELECT * {{ \\u0053ERVICE {place} }}",
        "by escapes in the text": f"SELECT * {{ ?s ?p '\\u0027 SERVICE {place} '\\u0027 }}",
        "in a text that ends too early": f'SELECT * {{ ?s ?p """a" }} SERVICE {place} #\\q"""',
        "between texts": f"SELECT * {{ ?s ?p 'a' . SERVICE {place} ?s ?p 'b' }}",
        "by a variable": f"SELECT * {{ VALUES ?e {{ <http://127.0.0.1:{PORT}/> }} SERVICE ?e {{ ?s ?p ?o }} }}",
        "behind a null": f"SELECT * {{ \x00SERVICE {place} }}",
        "behind a wide space": f"SELECT * {{\u00a0SERVICE {place} }}",
        "LOAD": f"LOAD <http://127.0.0.1:{PORT}/>",
        "an update behind a query": f"ASK {{}} ; LOAD <http://127.0.0.1:{PORT}/>",
        "in JSON-LD's way": f'SELECT * {{ ?s ?p \'{{"@context": "http://127.0.0.1:{PORT}/"}}\' SERVICE {place} }}',
    }


def _elsewhere() -> dict[str, str]:
    """What is elsewhere is named, which is allowed, and is not there."""
    place = f"<http://127.0.0.1:{PORT}/>"
    return {
        "from elsewhere": f"SELECT * FROM {place} FROM NAMED {place} {{ {{ ?s ?p ?o }} UNION {{ GRAPH ?g {{ ?a ?b ?c }} }} }}",
        "a graph elsewhere": f"ASK {{ GRAPH {place} {{ ?s ?p ?o }} }}",
        "what is elsewhere, described": f"DESCRIBE {place}",
    }
