"""The kinds of pages over the toy home, which the browser tests go through: a new page gets a line here."""

from urllib.parse import quote

ROWS = quote("PREFIX pkb: <https://w3id.org/partnership-kb/ns#>\nSELECT * { ?claim a pkb:Claim ; pkb:statedIn ?work }")
GRAPH = quote("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o } LIMIT 5")
NONE = quote("SELECT * { ?s <http://example.org/none> ?o }")
KINDS = {
    "front": "/",
    "hits": "/search?q=trust",
    "hits within filters": "/search?q=unequal power since 2005&off=years:2005..9999&stance=disputes",
    "nothing found": "/search?q=what is the",
    "more like this": "/similar/testwell-2010%23c1",
    "concepts": "/concepts",
    "concepts by a name": "/concepts?filter=trust",
    "concept": "/concept/barrier-power-imbalance",
    "concept in German": "/concept/barrier-power-imbalance?lang=de",
    "source": "/source/testwell-2010",
    "source without title": "/source/sandhill-1998",
    "sources": "/sources",
    "sources narrowed down": "/sources?type=article&sort=newest",
    "authors": "/authors",
    "author": "/author/testwell-t",
    "map": "/map?rows=barrier&columns=practice",
    "map unfolded and narrowed": "/map?rows=barrier&columns=practice&unfold=rows&unfold=columns&basis=text&years=2000-",
    "map of one line": "/map?rows=barrier&columns=practice&line=practice-shared-rules",
    "cell of a map": "/map/cell?row=barrier-power-imbalance&column=practice-shared-rules",
    "empty cell of a map": "/map/cell?row=barrier-mistrust&column=practice-shared-rules",
    "paths": "/paths",
    "paths from a concept": "/paths?from=barrier-power-imbalance",
    "no path through a concept": "/paths?from=practice-shared-rules",
    "comparison of concepts": "/compare?ids=barrier-power-imbalance,barrier-one-way-resource-flow,barrier-distance",
    "comparison of works": "/compare?ids=testwell-2010,reed-2001&differ=1",
    "nothing to compare yet": "/compare",
    "evidence": "/about",
    "help": "/help",
    "history that has not begun": "/history",
    "history of a source": "/source/testwell-2010/history",
    "ontology": "/ontology",
    "data set": "/dataset",
    "my list": "/list?item=testwell-2010%23c1&item=barrier-distance&item=marlow-quist-2012%23c3&note=a&style=ieee",
    "list with a name": "/list?item=reed-2001%23c1&title=Who+pays&removed=barrier-distance&removed-note=a",
    "empty list": "/list",
    "list by a link": "/list?item=reed-2001&item=no-such-thing&note=%3Cb%3E",
    "import": "/curate/import",
    "query editor": "/sparql",
    "rows of a query": f"/sparql?query={ROWS}",
    "graph of a query": f"/sparql?query={GRAPH}",
    "why a query is empty": f"/sparql?query={NONE}&why=1",
}
MISTAKES = {  # which a page tells of
    "no such page": "/no/such/page",
    "what cannot be added": "/compare?ids=barrier-distance&add=xyzzy",
    "filter that cannot be": "/search?q=trust&years=never",
    "thing that is not there to be listed": "/list?item=reed-2001&add=xyzzy",
    "query that cannot be read": "/sparql?query=ASK {",
}
PAGES = list(KINDS.values())
