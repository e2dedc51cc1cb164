"""The graph behind the pages: the newest published snapshot, and answers that are kept as long as it is the newest.

Only answers to queries are cached, under the snapshot's number: nothing that a reader did, and nothing that a later
snapshot could contradict.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from graph.lookup import has_documents
from graph.queries import run_named
from graph.store import ReadableStore, Rows
from graph.workspace import Workspace

DEFAULT_STORE = "pikg-store"


@dataclass(frozen=True, slots=True)
class Answers:
    """A snapshot of a workspace, to be asked. `edition` tells it from every other one, whatever folder, also from one
    of the same number in a workspace that was deleted and made anew."""

    folder: Path
    snapshot: int
    edition: str
    store: ReadableStore

    def rows(self, name: str, **parameters: str) -> Rows:
        """Given a named query and its parameters, return its rows."""
        return _rows(self.edition, name, tuple(sorted(parameters.items())), self.store)

    @property
    def is_empty(self) -> bool:
        """Whether nothing was read into the graph yet."""
        return _is_empty(self.edition, self.store)

    @property
    def snapshot_folder(self) -> Path:
        """Where the snapshot lies: what a query in a process of its own opens."""
        return self.folder / "snapshots" / str(self.snapshot)


def store_folder() -> Path:
    """Return the folder of the workspace that the app shows: what `--store` named, which travels as PIKG_STORE."""
    return Path(os.environ.get("PIKG_STORE") or DEFAULT_STORE)


def may_write() -> bool:
    """Whether pages may change the store: not in the read-only app, which `pikg app --read-only` tells by this."""
    return not os.environ.get("PIKG_READ_ONLY")


def offers_originals() -> bool:
    """Whether readers may have the originals themselves, in which names and telephones of people may stand: in the
    read-only app only where its operator says so (`pikg app --read-only --offer-originals`)."""
    return may_write() or bool(os.environ.get("PIKG_OFFER_ORIGINALS"))


def open_answers() -> Answers:
    """Return the newest snapshot of the app's workspace; raise graph.errors.GraphError where there is none."""
    folder = store_folder()
    snapshot = Workspace.open(folder).snapshot
    published = (folder / "snapshots" / "current").stat().st_mtime_ns
    edition = f"{folder}:{snapshot}:{published}"
    return Answers(folder, snapshot, edition, _open(edition, str(folder)))


# The snapshots before the newest are kept for pages that are being drawn from them, and given back after that.
@st.cache_resource(show_spinner=False, max_entries=3, on_release=lambda store: store.close())
def _open(edition: str, folder: str) -> ReadableStore:
    return Workspace.open(folder).read()


@st.cache_resource(show_spinner=False, max_entries=3)
def _is_empty(edition: str, _store: ReadableStore) -> bool:
    return not has_documents(_store)


@st.cache_resource(show_spinner=False, max_entries=400)
def _rows(edition: str, name: str, parameters: tuple[tuple[str, str], ...], _store: ReadableStore) -> Rows:
    return run_named(_store, name, **dict(parameters))
