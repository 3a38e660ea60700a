from corpora import lay
from recombine import STANCES, Parts

from kb import KnowledgeBase


def test_a_recombined_home_has_no_error_for_kb_check(tmp_path):
    home = lay(tmp_path / "home", Parts().works(100))

    assert [problem for problem in KnowledgeBase(home).check() if problem.severity == "error"] == []


def test_an_equal_seed_recombines_the_same_works():
    assert list(Parts().works(50)) == list(Parts().works(50))
    assert list(Parts().works(50)) != list(Parts(seed=1).works(50))


def test_every_claim_takes_its_concepts_relations_and_basis_from_real_ones():
    claims = [claim for work in Parts().works(1000) for claim in work.data["claims"]]

    assert len(claims) == 1000
    assert {claim["basis"] for claim in claims} == {"text", "abstract", "reported", "recalled", "inferred"}
    for claim in claims:
        ends = {end for relation in claim.get("asserts", ()) for end in relation.values()}
        assert ends <= set(claim["about"])
        assert ("reportedIn" in claim) == (claim["basis"] == "reported")


def test_a_fifth_of_the_claims_takes_a_stance_to_another_work():
    works = list(Parts().works(1000))
    stances = [
        (work.key, claim[stance][0])
        for work in works
        for claim in work.data["claims"]
        for stance in STANCES
        if stance in claim
    ]

    assert 150 < len(stances) < 250
    assert all(not taken.startswith(f"{key}#") for key, taken in stances)
