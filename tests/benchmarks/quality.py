"""Rows that tell how good the ranking is, beside reference figures."""

import json
from collections.abc import Iterator

from bench import Bench
from table import NONE, Row, figure

MODES = {"fused": "reciprocal rank fusion", "words": "BM25", "vectors": "MiniLM"}
# nDCG@10 of BM25 (k1 .9, b .4, Porter stems), all-MiniLM-L6-v2, and their reciprocal rank fusion (k 60), each over
# title and text of a document, computed once by other programs than ours.
REFERENCES = {
    "cisi": {"words": 0.3621, "vectors": 0.4207, "fused": 0.4526},
    "cranfield": {"words": 0.3428, "vectors": 0.3744, "fused": 0.4040},
    "adi": {"words": 0.4737, "vectors": 0.4975, "fused": 0.5169},
}


def ndcg(bench: Bench) -> Iterator[Row]:
    """nDCG@10 on each of the judged collections, with both legs and by each of them."""
    if not bench.judged:
        yield Row("nDCG@10", "skipped: no collection was given as EVAL")
    for path in bench.judged:
        for mode, rival in MODES.items():
            found = json.loads(bench.kb(bench.own.home, "eval", str(path.resolve()), "--json", "--mode", mode))
            ours = f"{found['ndcg@10']:.4f} (recall@50 {found['recall@50']:.3f}, mrr {found['mrr']:.3f})"
            reference = REFERENCES.get(path.name, {}).get(mode)
            what = f"nDCG@10, {path.name}, {mode}"
            if reference is None:
                yield Row(what, ours)
            else:
                ratio = figure(found["ndcg@10"] / reference)
                yield Row(what, ours, f"{reference:.4f} ({rival})", ratio, "≥ 1" if mode == "fused" else NONE)
