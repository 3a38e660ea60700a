"""What the figures depend on: this machine and the state of the project."""

import datetime
import os
import platform
import re
import subprocess
from pathlib import Path

from corpora import ROOT


def described(peers: str) -> str:
    """The machine, the commit and the *peers*, in a few lines above the table."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    lines = [
        f"{datetime.date.today()}, commit {commit()}",
        f"{cores} cores ({processor()}), {memory():.0f} GB memory, Python {platform.python_version()}; "
        f"load before the run {os.getloadavg()[0]:.1f}",
        f"compared with {peers}",
    ]
    return "  \n".join(lines)


def commit() -> str:
    """The commit that is checked out, and whether files differ from it."""
    name = _git("rev-parse", "--short", "HEAD") or "unknown"
    return f"{name} with changes" if _git("status", "--porcelain", "--untracked-files=no") else name


def processor() -> str:
    """The name of the processor."""
    try:
        found = re.search(r"model name\s*: (.+)", Path("/proc/cpuinfo").read_text(encoding="utf-8"))
    except OSError:
        found = None
    return found[1].strip() if found else platform.processor() or platform.machine()


def memory() -> float:
    """How many gigabytes of memory there are."""
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30


def _git(*arguments: str) -> str:
    try:
        return subprocess.run(["git", "-C", ROOT, *arguments], capture_output=True, text=True).stdout.strip()
    except OSError:
        return ""
