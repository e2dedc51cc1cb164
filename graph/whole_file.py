"""A file that is there whole or not at all, whatever happens while it is written."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_OF_THE_DISK = {errno.ENOSPC, errno.EFBIG, errno.EIO, getattr(errno, "EDQUOT", errno.ENOSPC)}
"""Of what ails a disk the system tells in the midst of writing, without a file's name."""


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """Given a file to write, where to write it: it takes its place once it is whole. A link stays one, and what is no
    file (a pipe, /dev/stdout) is written to as it is."""
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    if path.exists() and not path.is_file():
        yield path
        return
    place = Path(os.path.realpath(path))
    partial = place.with_name(f"{place.name}.partial")
    try:
        partial.touch()  # what can't be written is told before anything is read
        yield partial
        partial.replace(place)
    except OSError as error:
        if error.filename != str(partial) and not (error.filename is None and error.errno in _OF_THE_DISK):
            raise
        raise OSError(error.errno, error.strerror, str(path)) from error  # the file that was asked for
    finally:
        partial.unlink(missing_ok=True)
