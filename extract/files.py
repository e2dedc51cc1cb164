"""Which files a run reads: those that were named, and those that the named folders hold."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

# Folders and files that no publisher made: an office program's lock files, an archiver's and a system's own.
_NOBODYS = ("~$", ".", "Thumbs.db", "desktop.ini", "__MACOSX")


def find_files(paths: Iterable[str | os.PathLike[str]]) -> Iterator[tuple[Path, bool]]:
    """Given files and folders, return each file once, and whether it was named itself; folders are walked by name,
    other stores, hidden files and what office programs leave behind left out."""
    seen: set[Path] = set()
    for path in map(Path, paths):
        found = _walk(path) if path.is_dir() else [path]
        for file in found:
            real = file.resolve()
            if real not in seen:
                seen.add(real)
                yield file, file == path


def _walk(folder: Path) -> Iterator[Path]:
    for parent, folders, names in os.walk(folder):
        if "workspace.json" in names and "snapshots" in folders:
            folders.clear()
            continue
        folders[:] = sorted(name for name in folders if not name.startswith(_NOBODYS))
        for name in sorted(names):
            if not name.startswith(_NOBODYS):
                yield Path(parent) / name
