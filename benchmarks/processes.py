"""Server processes of a run: starting them, the CPU that a tree of them has spent, and the memory that each has."""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

_PROC = Path("/proc")
_STARTS_WITHIN_S = 180.0
_PROCESS_CLOCK = 2
"""Linux: of a process, all its threads, in user and kernel mode, in nanoseconds (CPUCLOCK_SCHED)."""


def cpu_s(processes: Iterable[int]) -> float:
    """Seconds of the processor that some processes have spent so far, in user and in kernel mode."""
    return sum(time.clock_gettime((~process << 3) | _PROCESS_CLOCK) for process in processes)


def tree(root: int) -> list[int]:
    """A process and all that it has started, directly or not, and that are still there."""
    children: dict[int, list[int]] = {}
    for folder in _PROC.iterdir():
        if folder.name.isdigit():
            children.setdefault(_parent(folder), []).append(int(folder.name))
    found = [root]
    for process in found:
        found += children.get(process, [])
    return found


def memory(process: int) -> tuple[int, int]:
    """Memory of a process that no other shares, and its proportional share of all that it uses (PSS)."""
    sizes: dict[str, int] = {}
    for line in (_PROC / str(process) / "smaps_rollup").read_text().splitlines()[1:]:
        name, _, size = line.partition(":")
        sizes[name] = int(size.split()[0]) * 1024
    return sizes["Private_Clean"] + sizes["Private_Dirty"], sizes["Pss"]


@contextmanager
def started(command: Sequence[str], environment: Mapping[str, str], says: str) -> Iterator[tuple[int, str]]:
    """A server process and the line that it prints when it is ready, which holds `says`; it ends with the block.

    What it prints goes into a file, as the log of a service would.
    """
    with tempfile.NamedTemporaryFile("r", prefix="gis-ce-bench-") as printed:
        with Path(printed.name).open("w") as into:
            process = subprocess.Popen(command, env={**os.environ, **environment}, stdout=into, stderr=into)
        try:
            yield process.pid, _line_with(process, Path(printed.name), says)
        finally:
            process.terminate()
            process.wait(timeout=30)


def _line_with(process: subprocess.Popen[bytes], printed: Path, says: str) -> str:
    until = time.monotonic() + _STARTS_WITHIN_S
    while time.monotonic() < until and process.poll() is None:
        for line in printed.read_text().splitlines(keepends=True):
            if says in line and line.endswith("\n"):
                return line
        time.sleep(0.1)
    raise RuntimeError(f"A server did not start: {printed.read_text()}")


def _parent(folder: Path) -> int:
    try:
        return int((folder / "stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0
