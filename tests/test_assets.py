"""The query editor comes from npm by a lock file that names versions and hashes, and no registry."""

import json
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
WEBAPP = ROOT / "webapp"
LOCK = json.loads((WEBAPP / "package-lock.json").read_text(encoding="utf-8"))
FETCHED = {path: package for path, package in LOCK["packages"].items() if path}


def test_the_lock_file_names_no_registry():
    hosts = [path for path, package in FETCHED.items() if "resolved" in package or "://" in package["version"]]

    assert hosts == []
    assert "registry" not in (WEBAPP / "package-lock.json").read_text(encoding="utf-8")
    assert "registry=" not in re.sub(
        r"omit-lockfile-registry-\w+=", "", (WEBAPP / ".npmrc").read_text(encoding="utf-8")
    )


def test_each_fetched_package_has_a_hash_and_a_licence():
    assert all(package["integrity"].startswith("sha512-") for package in FETCHED.values())
    assert {package["license"] for package in FETCHED.values()} <= {"MIT", "(MPL-2.0 OR Apache-2.0)"}


def test_the_lock_file_fits_what_is_asked_for():
    asked = json.loads((WEBAPP / "package.json").read_text(encoding="utf-8"))["dependencies"]

    assert LOCK["packages"][""]["dependencies"] == asked
    assert {name: FETCHED[f"node_modules/{name}"]["version"] for name in asked} == asked


def test_no_asset_that_is_fetched_is_kept_in_git():
    git = subprocess.run(["git", "ls-files", "webapp"], cwd=ROOT, capture_output=True, text=True, check=False)
    if git.returncode:
        pytest.skip("no git checkout here")

    assert [name for name in git.stdout.split() if "vendor" in name or "node_modules" in name] == []
