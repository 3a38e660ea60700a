"""Queries of strangers run in processes that can be killed and reach nothing."""

import json
import socket
import threading
import time
from contextlib import ExitStack, closing, suppress

import pyoxigraph as ox
import pytest

from kb import BadQuery, Busy, QueryTimeout, TooLong
from kb.graph import query
from kb.graph.sandbox import Limits
from kb.graph.workers import Moved, Pool

ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l FILTER(?a != ?d) }"
PATTERNS = [
    "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }",
    "SELECT ?o (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?o ORDER BY DESC(?n) LIMIT 3",
    "SELECT * { <urn:7> ?p ?o }",
    'SELECT * { ?s ?p "7" }',
    "SELECT * { GRAPH <urn:g9> { ?s ?p ?o } }",
]


def quads(start, stop):
    for n in range(start, stop):
        spot = (ox.NamedNode(f"urn:{n}"), ox.NamedNode("urn:p"), ox.Literal(str(n)))
        yield from (ox.Quad(*spot), ox.Quad(*spot, ox.NamedNode(f"urn:g{n % 50}")))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("store") / "1"
    store = ox.Store(str(path))
    store.bulk_extend(quads(0, 2000))
    store.flush()
    return path


@pytest.fixture
def pool(folder):
    pool = Pool(folder)
    yield pool
    pool.close()


def count(pool):
    return int(pool.run("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }").rows()[0]["n"])


@pytest.mark.parametrize("format", query.ROW_FORMATS)
def test_rows_come_in_every_format(pool, format):
    result = pool.run("SELECT ?o { <urn:7> ?p ?o }", format)

    assert (result.media_type.partition(";")[0], result.form) == (query.ROW_FORMATS[format], "select")
    assert b"7" in result.body


@pytest.mark.parametrize("format", query.GRAPH_FORMATS)
def test_graphs_come_in_every_format(pool, format):
    result = pool.run("CONSTRUCT WHERE { <urn:7> ?p ?o }", format)

    assert (result.media_type, result.form) == (query.GRAPH_FORMATS[format], "graph")
    assert b"urn:7" in result.body


def test_a_format_that_does_not_fit_is_told_with_those_that_do(pool):
    with pytest.raises(BadQuery, match="turtle"):
        pool.run("CONSTRUCT WHERE { ?s ?p ?o }", "csv")


NO_PREFIXES = [
    "CONSTRUCT WHERE { <urn:7> ?p ?o } # prefix -a: <http://x/>",
    "# prefix a: <http://[x/>\nCONSTRUCT WHERE { <urn:7> ?p ?o }",
    "CONSTRUCT { <urn:7> <urn:p> 'prefix -a: <http://x/>' } WHERE {}",
    "BASE <http://e/> PREFIX a: <b/> CONSTRUCT WHERE { <urn:7> ?p ?o }",
    "PREFIX a: <http://e/\\u0061> CONSTRUCT WHERE { <urn:7> ?p ?o }",
]


@pytest.mark.parametrize("text", NO_PREFIXES)
def test_only_what_the_query_declares_is_a_prefix_of_its_result(pool, text):
    result = pool.run(text, "turtle", prefixes=query.whole(query.read(text).prefixes)).body

    assert b"@prefix" not in result
    assert len(list(ox.parse(result, format=ox.RdfFormat.TURTLE))) == 1


def test_a_result_is_written_with_the_prefixes_of_the_query(pool):
    text = "PREFIX u: <urn:> PREFIX xml: <http://x/> CONSTRUCT WHERE { u:7 ?p ?o }"
    declared = {"u": "urn:", "xml": "http://x/"}

    assert b'u:7 u:p "7"' in pool.run(text, "turtle", prefixes=declared).body
    assert len(list(ox.parse(pool.run(text, "rdfxml").body, format=ox.RdfFormat.RDF_XML))) == 1


def test_a_graph_that_is_asked_for_is_all_there_is(pool):
    result = pool.run("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", default_graphs=["urn:g7"])

    assert result.rows() == [{"n": "40"}]


def test_a_mistake_is_told_with_its_line(pool):
    with pytest.raises(BadQuery, match=r"line 1|1:"):
        pool.run("SELECT * WHERE { ?s ?p")


def test_an_endless_query_is_stopped_and_the_next_one_answered(pool):
    start = time.monotonic()
    with pytest.raises(QueryTimeout, match=r"0\.5"):
        pool.run(ENDLESS, deadline=0.5)

    assert time.monotonic() - start < 1.5
    assert count(pool) == 2000


def test_a_result_has_a_limit(folder):
    with closing(Pool(folder, limits=Limits(1 << 20, 1_000_000))) as pool:
        with pytest.raises(TooLong, match="larger than 1 MB: add LIMIT"):
            pool.run("SELECT * { ?s ?p ?o . ?t ?p ?o2 } LIMIT 100000")

        assert count(pool) == 2000


def test_a_result_has_a_limit_of_rows(folder):
    with closing(Pool(folder, Limits(1 << 30, 1000))) as pool:
        for format in query.ROW_FORMATS:
            assert pool.run("SELECT * { ?s ?p ?o } LIMIT 900", format).body
            with pytest.raises(TooLong, match="larger than 1,000 rows: add LIMIT"):
                pool.run("SELECT * { ?s ?p ?o }", format)
        assert pool.run("CONSTRUCT WHERE { ?s ?p ?o } LIMIT 1000", "turtle").body
        with pytest.raises(TooLong, match="larger than 1,000 triples"):
            pool.run("CONSTRUCT WHERE { ?s ?p ?o }")


MANY = "SELECT * { ?s ?p ?o . ?t ?p ?o2 } LIMIT 60000"


def test_a_long_result_comes_in_pieces(pool):
    pieces = list(pool.stream(MANY, "csv"))

    assert len(pieces[0]) >= query.BUFFERED_BYTES
    assert max(map(len, pieces[1:])) < query.BUFFERED_BYTES
    assert b"".join(pieces).count(b"\n") == 60_001


def test_what_is_given_up_in_the_middle_harms_nobody(pool):
    stream = pool.stream(MANY, "csv")
    next(iter(stream))
    stream.close()

    assert count(pool) == 2000


def test_a_deadline_in_the_middle_ends_the_pieces(pool):
    got = 0
    with pytest.raises(QueryTimeout, match="stopped after 3 s"):
        for piece in pool.stream("SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }", "csv", deadline=3):
            got += len(piece)

    assert got >= query.BUFFERED_BYTES
    assert count(pool) == 2000


def test_no_more_than_a_few_run_and_wait(pool):
    with ExitStack() as stack:
        for _ in range(query.WORKERS + query.QUEUE):
            stack.enter_context(pool.admitted())

        with pytest.raises(Busy, match="try again"), pool.admitted():
            pass
    with pool.admitted():
        assert count(pool) == 2000


def test_who_asks_for_a_store_that_was_left_is_told(pool, folder):
    with pytest.raises(Moved):
        pool.stream("ASK {}", store=folder / "older")


def test_many_threads_get_their_own_answers(pool):
    found = {}

    def ask(n):
        found[n] = pool.run(f"SELECT ?o {{ <urn:{n}> ?p ?o }}").rows()[0]["o"]

    threads = [threading.Thread(target=ask, args=(n,)) for n in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert found == {n: str(n) for n in range(16)}


def test_a_published_store_is_asked_from_then_on(pool, folder, tmp_path):
    before = count(pool)
    ox.Store.read_only(str(folder)).backup(str(tmp_path / "2"))
    store = ox.Store(str(tmp_path / "2"))
    store.extend(list(quads(9000, 9001)))
    store.flush()
    del store

    pool.replace(tmp_path / "2")

    assert (before, count(pool)) == (2000, 2001)


def test_a_store_of_many_files_answers_every_pattern(folder, tmp_path):
    """RocksDB opens sixteen files at first and the others when needed: the wall must let it."""
    last, n = folder, 1
    while len(list(last.glob("*.sst"))) <= 16 and n < 45:
        n += 1
        following = tmp_path / str(n)
        ox.Store.read_only(str(last)).backup(str(following))
        store = ox.Store(str(following))
        store.extend(list(quads(10_000 + n, 10_001 + n)))
        store.remove_graph(ox.NamedNode(f"urn:g{n}"))
        store.flush()
        del store
        last = following
    assert len(list(last.glob("*.sst"))) > 16

    pool = Pool(last)
    bodies = [pool.run(text).body for text in PATTERNS]
    pool.close()

    assert all(json.loads(body)["head"] for body in bodies)


SERVICES = [
    "SELECT * { SERVICE <http://127.0.0.1:%d/> { ?s ?p ?o } }",
    "SELECT * { SERVICE SILENT <http://127.0.0.1:%d/> { ?s ?p ?o } }",
    "SELECT * { # hi\r SERVICE <http://127.0.0.1:%d/> { ?s ?p ?o } }",
    "SELECT * { FILTER EXISTS { SERVICE <http://127.0.0.1:%d/> { ?s ?p ?o } } }",
    "SELECT * { { SELECT * { SERVICE <http://localhost:%d/> { ?s ?p ?o } } } }",
]


def test_no_request_leaves_a_worker_even_past_the_first_wall(pool):
    """The texts go straight to the worker, as if the check had let them pass."""
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(0.3)
    port = listener.getsockname()[1]
    for text in SERVICES:
        with suppress(BadQuery, QueryTimeout):
            pool.run(text % port, deadline=3)

    with pytest.raises(TimeoutError):
        listener.accept()
    listener.close()
    assert count(pool) == 2000
