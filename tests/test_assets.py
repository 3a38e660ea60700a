"""What comes from npm does so by lock files that name versions and hashes, and no registry."""

import json
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LICENCES = {  # what may come along: shipped with the pages, and for the tests alone
    "webapp": {"MIT", "(MPL-2.0 OR Apache-2.0)"},
    "tests/browser": {"MPL-2.0"},
}


@pytest.fixture(params=LICENCES)
def folder(request) -> str:
    return request.param


@pytest.fixture
def lock(folder) -> dict:
    return read(folder, "package-lock.json")


@pytest.fixture
def fetched(lock) -> dict:
    return {path: package for path, package in lock["packages"].items() if path}


def read(folder: str, name: str) -> dict:
    return json.loads((ROOT / folder / name).read_text(encoding="utf-8"))


def test_the_lock_file_names_no_registry(folder, fetched):
    hosts = [path for path, package in fetched.items() if "resolved" in package or "://" in package["version"]]
    settings = (ROOT / folder / ".npmrc").read_text(encoding="utf-8")

    assert hosts == []
    assert "registry" not in (ROOT / folder / "package-lock.json").read_text(encoding="utf-8")
    assert "registry=" not in re.sub(r"omit-lockfile-registry-\w+=", "", settings)


def test_each_fetched_package_has_a_hash_and_a_licence(folder, fetched):
    assert all(package["integrity"].startswith("sha512-") for package in fetched.values())
    assert {package["license"] for package in fetched.values()} <= LICENCES[folder]


def test_the_lock_file_fits_what_is_asked_for(folder, lock, fetched):
    about, locked = read(folder, "package.json"), lock["packages"][""]
    kinds = ("dependencies", "devDependencies")
    asked = {name: version for kind in kinds for name, version in about.get(kind, {}).items()}

    assert asked and all(locked.get(kind) == about.get(kind) for kind in kinds)
    assert {name: fetched[f"node_modules/{name}"]["version"] for name in asked} == asked


def test_no_asset_that_is_fetched_is_kept_in_git():
    git = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    if git.returncode:
        pytest.skip("no git checkout here")

    assert [name for name in git.stdout.split() if "/vendor/" in name or "node_modules" in name] == []
