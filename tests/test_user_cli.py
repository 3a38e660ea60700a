"""``kb user``: accounts from the shell."""

import json

import pytest
from click.testing import CliRunner
from conftest import lay_toy

from kb.cli import main
from kb.corpus.ontology import read_turtle
from kb.home import Home
from kb.saving import History
from webapp.users import Users

PASSWORD = "three plain words"
AGENT = "@prefix c: <https://w3id.org/partnership-kb/curator/> . c:toy a <http://www.w3.org/ns/prov#Agent> .\n"


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return Home(lay_toy(tmp_path_factory.mktemp("users") / "home"))


@pytest.fixture
def kb(home):
    def run(*words, input=None):
        return CliRunner().invoke(main, ["--home", str(home.folder), "user", *words], input=input)

    yield run
    for name in list(Users(home).all()):
        Users(home).remove(name)


def test_an_account_is_made_listed_changed_and_removed(kb, home):
    made = kb("add", "anna", "--name", "Anna Smith", "--password-stdin", input=PASSWORD + "\n")
    kb("role", "anna", "editor")
    listed, data = kb("list"), json.loads(kb("list", "--json").stdout)
    word = Users(home).begin("anna")
    changed = kb("password", "anna", "--password-stdin", input="four quite plain words\n")
    known = Users(home).known("anna", "four quite plain words")
    gone = kb("remove", "anna")

    assert made.exit_code == 0 and "anna (curator) can log in" in made.output
    assert listed.stdout.split() == ["anna", "editor", "Anna", "Smith"]
    assert data == [{"name": "anna", "role": "editor", "full": "Anna Smith"}]
    assert changed.exit_code == 0 and known and not Users(home).in_session("anna", word)
    assert gone.exit_code == 0 and Users(home).all() == {}


def test_the_password_is_asked_for_twice_and_not_shown(kb, home):
    made = kb("add", "ed", input=f"{PASSWORD}\n{PASSWORD}\n")
    other = kb("add", "bo", input=f"{PASSWORD}\nanother one\n\n\n")

    assert made.exit_code == 0 and PASSWORD not in made.output
    assert other.exit_code != 0 and list(Users(home).all()) == ["ed"]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("add", "Anna Smith", "--password-stdin"), "'Anna Smith' is no name for an account: use small letters"),
        (("add", "anna", "--password-stdin"), "a password has 8 to 1,000 characters: choose a longer one"),
        (("remove", "nobody"), "no account 'nobody'"),
        (("password", "nobody"), "no account 'nobody'"),
        (("role", "nobody", "editor"), "no account 'nobody'"),
        (("add", "anna", "--name", "a\x1bb", "--password-stdin"), "characters, all of which can be seen"),
    ],
)
def test_a_mistake_is_one_line(kb, words, told):
    done = kb(*words, input="short\n")

    assert done.exit_code == 1 and told in done.stderr and len(done.stderr.splitlines()) == 1


def test_a_name_that_is_taken_is_told_before_a_password_is_asked_for(kb):
    kb("add", "anna", "--password-stdin", input=PASSWORD)

    assert "there is an account 'anna' already: 'kb user password anna'" in kb("add", "anna").stderr


def test_a_curator_is_named_in_the_ontology_and_in_the_history(kb, home):
    (home.ontology / "agents.ttl").write_text(AGENT)
    made = kb("add", "anna", "--name", 'Anna "the" Smith', "--password-stdin", input=PASSWORD)
    kb("add", "ed", "--password-stdin", input=PASSWORD)
    text, triples = read_turtle(home.ontology / "curators.ttl")
    kb("remove", "anna")
    kb("add", "anna", "--password-stdin", input=PASSWORD)

    assert made.exit_code == 0 and "sources may say 'curator: anna' now" in made.output
    assert 'curator:anna a prov:Agent ;\n    foaf:name "Anna \\"the\\" Smith" .' in text and len(triples) == 4
    assert read_turtle(home.ontology / "curators.ttl")[0] == text
    assert History(home.folder).log("ontology/curators.ttl")[1].message == 'Name Anna "the" Smith as a curator'


def test_where_no_curator_is_named_but_sources_name_some_all_names_stay_good(tmp_path):
    home = Home(lay_toy(tmp_path / "home"))
    made = CliRunner().invoke(
        main, ["--home", str(home.folder), "user", "add", "anna", "--password-stdin"], input=PASSWORD
    )

    assert made.exit_code == 0 and not (home.ontology / "curators.ttl").exists()


def test_a_folder_without_a_base_gets_no_accounts(tmp_path):
    done = CliRunner().invoke(main, ["--home", str(tmp_path), "user", "list"])

    assert done.exit_code == 1 and "is no knowledge base" in done.stderr and not list(tmp_path.iterdir())
