"""What a process has started, seen from outside, for the tests that end one."""

import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path


def children(parent: int) -> list[int]:
    """The processes that a process has started and that still run."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            state, of = stat.read_text("ascii", "replace").rpartition(")")[2].split()[:2]
            if int(of) == parent and state != "Z":
                found.append(int(stat.parent.name))
    return found


def wait_until(held: Callable[[], bool]) -> None:
    """Wait until something holds; fail after ten seconds."""
    for _ in range(100):
        if held():
            return
        time.sleep(0.1)
    raise AssertionError("it did not come about within ten seconds")
