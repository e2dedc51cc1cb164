"""What a process of `extract.ahead` reads in its tests: a file whose name says so ends it, as a parser's crash would."""

import os
from pathlib import Path

from extract.batch import read_disclosure


def read(path: Path):
    """Read a file; note its name beside its folder."""
    with (path.parent.parent / "read.log").open("a", encoding="utf-8") as log:
        log.write(f"{path.name}\n")
    if "crash" in path.name:
        os.kill(os.getpid(), 9)
    reading = read_disclosure(path)
    return reading.disclosure, reading.document.people
