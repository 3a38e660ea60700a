"""Homes and encoders for the tests: a toy one for most, the real one for those marked ``real``."""

import fcntl
import os
import shutil
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from queue import Queue
from threading import Thread

import numpy as np
import pytest
from flask.testing import FlaskClient
from numpy.typing import NDArray

from kb import KnowledgeBase
from webapp import create_app, serve

ROOT = Path(__file__).parents[1]
TOY = ROOT / "tests" / "toy"
DATA = ROOT.parent / "shared" / "data"  # measuring data of others, where it lies beside the project
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


class StubEncoder:
    """A stand-in for the model: each word has a direction of its own, so like texts point alike."""

    fingerprint = "stub"
    dimensions = 64

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        vectors = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        vectors[:, 0] = 1e-3  # a text without words needs a direction too
        for row, text in enumerate(texts):
            for word in text.lower().split():
                vectors[row, zlib.crc32(word.strip(".,:;?()").encode()) % self.dimensions] += 1
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)

    def knows(self, word: str) -> bool:
        return word.lower() in ("victory", "hurt")


def lay_toy(home: Path) -> Path:
    """Lay the toy home down in *home*; context, shapes and queries are the project's own, so there is one truth."""
    ours = shutil.ignore_patterns("partnership.ttl", "README.md", "LICENSE")
    shutil.copytree(ROOT / "ontology", home / "ontology", ignore=ours)
    return Path(shutil.copytree(TOY, home, dirs_exist_ok=True))


@pytest.fixture(scope="session")
def stub_encoder() -> StubEncoder:
    return StubEncoder()


@pytest.fixture
def toy(tmp_path: Path) -> Path:
    """A fresh toy home that a test may change; nothing is built in it."""
    return lay_toy(tmp_path / "home")


@pytest.fixture(scope="session")
def base(stub_encoder: StubEncoder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[KnowledgeBase]:
    """The toy home, built; for reading only."""
    base = KnowledgeBase(lay_toy(tmp_path_factory.mktemp("toy")), encoder=stub_encoder)
    base.build()
    yield base
    base.close()


@pytest.fixture(scope="session")
def mapped(stub_encoder: StubEncoder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[KnowledgeBase]:
    """The toy home with two works more, whose map is counted by hand (`webapp/map_pages.py`); for reading only."""
    from map_pages import lay_map

    base = lay_map(tmp_path_factory.mktemp("map"), stub_encoder)
    yield base
    base.close()


@pytest.fixture(scope="session")
def many_paths(stub_encoder: StubEncoder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[KnowledgeBase]:
    """The made-up home whose paths are counted by hand (`many_paths.py`), built; for reading only."""
    from many_paths import lay

    base = KnowledgeBase(lay(tmp_path_factory.mktemp("made") / "home"), encoder=stub_encoder)
    base.build()
    yield base
    base.close()


@pytest.fixture
def client(base: KnowledgeBase) -> FlaskClient:
    return create_app(base).test_client()


@pytest.fixture(scope="session")
def real_base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KnowledgeBase]:
    """The project's own ontology and corpus with the real model, built once for all workers; for reading only."""
    temporary = tmp_path_factory.getbasetemp()
    home = (temporary.parent if "PYTEST_XDIST_WORKER" in os.environ else temporary) / "real"
    with (temporary.parent / "real.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not home.is_dir():
            for folder in ("ontology", "corpus"):
                shutil.copytree(ROOT / folder, home / folder)
        base = KnowledgeBase(home)
        base.build()
    yield base
    base.close()


@pytest.fixture(scope="module")
def site(base, tmp_path_factory) -> str:
    """The address of a server over the toy home, on which readers may judge hits."""
    told: Queue[str] = Queue()
    file = tmp_path_factory.mktemp("judged") / "judged.yaml"
    options = {"port": 0, "announce": told.put, "judgements": file}
    Thread(target=serve, args=(base,), kwargs=options, daemon=True).start()
    return told.get(timeout=30).split()[0]


@pytest.fixture(scope="module")
def browser() -> Iterator[object]:
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("no chromium here: install the package chromium")
    playwright = pytest.importorskip("playwright.sync_api", reason="no playwright here: pip install playwright")
    with playwright.sync_playwright() as engine:
        browser = engine.chromium.launch(executable_path=chromium, args=CHROMIUM_FLAGS)
        yield browser
        browser.close()


@contextmanager
def watched(browser, site: str, **options: object) -> Iterator[object]:
    """A fresh page of the site; whatever the browser complains of fails the test."""
    context = browser.new_context(base_url=site, **options)
    context.set_default_timeout(30_000)
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    context.close()
    assert complaints == []


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--seconds", type=float, default=30, help="how long each slow suite may run")


@pytest.fixture
def seconds(request: pytest.FixtureRequest) -> float:
    """How long a slow suite may run; its last line tells how far it came."""
    return float(request.config.getoption("--seconds"))
