"""No kill of the server loses what it has answered as saved, imported or deleted."""

import os
import subprocess
import sys
import time

import pytest
from conftest import ROOT, lay_toy

KILLS = 200


@pytest.mark.slow
def test_kills_of_the_server_lose_nothing_that_was_answered_as_done(tmp_path, seconds, capsys):
    seed = str(time.time_ns())
    words = [
        str(ROOT / "tests/webapp/killed_server.py"),
        str(lay_toy(tmp_path / "home")),
        str(KILLS),
        str(seconds),
        seed,
    ]
    paths = os.pathsep.join(map(str, [ROOT, ROOT / "tests", ROOT / "tests/webapp"]))
    done = subprocess.run(
        [sys.executable, *words], env={**os.environ, "PYTHONPATH": paths}, capture_output=True, text=True
    )

    assert done.returncode == 0, f"seed {seed}: {done.stderr}"
    with capsys.disabled():
        print(f"\n{done.stdout}", end="")
