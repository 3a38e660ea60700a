"""Print what came of the W3C's tests as a table: `make conformance`."""

import argparse
import tempfile
from pathlib import Path

from conftest import DATA, StubEncoder, lay_toy
from endpoint import Endpoint
from known import ENGINE, REFUSED
from outcomes import Outcome, all_outcomes

from kb import KnowledgeBase

HEAD = "| suite | tests | passed | refused on purpose | bare engine |\n|---|---|---|---|---|"


def row(suite: str, outcomes: list[Outcome]) -> str:
    """One suite as a row of the table."""
    own = [each for each in outcomes if each.suite == suite]
    passed, refused = sum(not each.http for each in own), sum(bool(each.http) and each.name in REFUSED for each in own)
    engine = "–" if own[0].engine is None else sum(not each.engine for each in own)
    return f"| {suite} | {len(own)} | {passed} | {refused} | {engine} |"


def reason(outcome: Outcome) -> str:
    """A failing test and why it fails."""
    known = ENGINE.get(outcome.name) or REFUSED.get(outcome.name)
    return f"- {outcome.name}: {known or f'{outcome.http} (not known before)'}"


def main() -> None:
    """Run all suites over a toy home, whose store is replaced by each test's data."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DATA, help="the folder with rdf-tests/")
    suites = parser.parse_args().data.resolve() / "rdf-tests" / "sparql11"
    if not suites.is_dir():
        parser.error(f"there is no {suites}: say with DATA=… which folder holds rdf-tests/")
    with tempfile.TemporaryDirectory() as folder:
        base = KnowledgeBase(lay_toy(Path(folder) / "home"), encoder=StubEncoder())
        base.build()
        outcomes = list(all_outcomes(Endpoint(base, Path(folder)), suites))
        base.close()
    print(HEAD, *(row(suite, outcomes) for suite in dict.fromkeys(each.suite for each in outcomes)), sep="\n")
    print("\nWhat fails:\n", *(reason(each) for each in outcomes if each.http), sep="\n")


if __name__ == "__main__":
    main()
