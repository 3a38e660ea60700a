"""The README tells all there is, and what it shows works."""

import doctest
import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from kb import KnowledgeBase
from kb.cli import main
from webapp import create_app

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("verb", main.commands)
def test_each_verb_is_named(verb):
    assert re.search(rf"`kb {verb}\b", README)


def test_each_setting_is_named():
    code = "".join(p.read_text(encoding="utf-8") for top in ("kb", "webapp") for p in (ROOT / top).rglob("*.py"))
    settings = set(re.findall(r"\bKB_[A-Z_]+\b", code)) | {o for p in main.commands["serve"].params for o in p.opts}

    assert {name for name in settings if f"`{name}`" not in README} == set()


def test_each_url_is_named(base):
    rules = {re.sub(r"<\w+:", "<", rule.rule) for rule in create_app(base).url_map.iter_rules()}
    twins = {f"{rule}.json" for rule in rules}
    rules = {rule for rule in rules - twins if not rule.startswith("/static/")}

    assert {rule for rule in rules if not re.search(f"`{re.escape(rule)}[`?]", README)} == set()


@pytest.mark.real
def test_the_python_examples_work(real_base, monkeypatch):
    monkeypatch.chdir(real_base.home.folder)

    assert doctest.testfile(str(ROOT / "README.md"), module_relative=False, optionflags=doctest.ELLIPSIS).failed == 0


@pytest.mark.real
@pytest.mark.parametrize("line", re.findall(r"^ *\$ kb ((?!serve|init).+)$", README, re.M))
def test_the_shell_examples_work(real_base: KnowledgeBase, monkeypatch, line):
    monkeypatch.chdir(real_base.home.folder)

    result = CliRunner().invoke(main, shlex.split(line, comments=True))

    assert result.exit_code == 0, result.output
