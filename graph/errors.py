"""What can go wrong with a graph, by who is at fault. Messages are for the reader: what, where, what to do."""

from __future__ import annotations

from pathlib import Path


class GraphError(Exception):
    """The root of this package's errors."""


class StoreLockedError(GraphError):
    """Another writer holds the workspace; the message says who."""


class WorkspaceError(GraphError):
    """The folder is not a workspace, or is one of another version."""


class QueryError(GraphError):
    """A query can't be understood; `line` and `column` count from 1 where they are known."""

    def __init__(self, message: str, line: int | None = None, column: int | None = None) -> None:
        super().__init__(message)
        self.line, self.column = line, column


class QueryRefusedError(QueryError):
    """A query asks for what users may not do: change the store, reach the network, read graphs that aren't there."""


class QueryTimeoutError(GraphError):
    """A query ran longer than its limit and was stopped."""


class ParameterError(GraphError):
    """A named query was given a parameter it does not have, lacks one, or one of the wrong type."""


class SourcesError(GraphError):
    """A CSV of sources can't be understood; the message says in which line."""


class NotFoundError(GraphError):
    """What was named is not in the store."""


class AmbiguousError(GraphError):
    """A name matches several things; `candidates` lists them."""

    def __init__(self, message: str, candidates: list[str]) -> None:
        super().__init__(message)
        self.candidates = candidates


class InvalidLiteralError(GraphError):
    """A value can't be written as an RDF literal that every store reads alike."""


def damaged_snapshot(folder: Path, reason: str) -> WorkspaceError:
    """Given the folder of a snapshot that can't be read and why, return the error that says so and what to do."""
    return WorkspaceError(
        f"the snapshot in {folder} can't be read: {reason}; `pikg optimize --store {folder.parent.parent}` makes "
        "another one where the graph is sound"
    )


def damaged_graph(folder: Path, reason: str) -> WorkspaceError:
    """Given the folder of a graph that can't be read and why, return the error that says so and what to do."""
    if "No space left" in reason:  # what is opened to write is written to at once
        return WorkspaceError(
            f"{folder} can't be written ({reason}); make room, and call it again: what was stored before is there whole"
        )
    return WorkspaceError(
        f"the graph in {folder} can't be read: {reason}; if it is damaged, restore the store from a backup, or make it "
        f"anew from what was read of its documents: `pikg backup FOLDER --anew --store {folder.parent}`"
    )
