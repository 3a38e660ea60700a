"""No kill loses an accepted save: processes that save, import and delete are killed at random moments."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from conftest import ROOT, lay_toy

KILLS = 200


def killed(home: Path, kills: int, seconds: float) -> str:
    """What `killed_saves.py` tells; its seed is another one each time."""
    words = [str(ROOT / "tests/killed_saves.py"), str(lay_toy(home)), str(kills), str(seconds), str(time.time_ns())]
    paths = os.pathsep.join([str(ROOT), str(ROOT / "tests")])
    done = subprocess.run(
        [sys.executable, *words], env={**os.environ, "PYTHONPATH": paths}, capture_output=True, text=True
    )

    assert done.returncode == 0, f"seed {words[-1]}: {done.stderr}"
    return done.stdout


def test_a_few_kills_lose_no_accepted_save(tmp_path):
    assert "3 kills" in killed(tmp_path / "home", 3, 60)


@pytest.mark.slow
def test_two_hundred_kills_lose_no_accepted_save(tmp_path, seconds, capsys):
    figures = killed(tmp_path / "home", KILLS, seconds)
    with capsys.disabled():
        print(f"\n{figures}", end="")
