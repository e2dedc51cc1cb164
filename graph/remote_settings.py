"""Where a workspace's graph lives if not in the workspace: `remote.toml`, read strictly.

query = "https://graph.example.org/query"       # SPARQL 1.1 query
update = "https://graph.example.org/update"     # SPARQL 1.1 update; without it the store can only be read
graphs = "https://graph.example.org/store"      # graph store protocol; optional, for large documents
user = "pikg"                                   # with password (or password_from = "NAME_OF_A_VARIABLE")
password = "…"
authentication = "basic"                        # or "digest" (Virtuoso's /sparql-auth)
token = "…"                                     # instead of user and password; or token_from
timeout = 60                                    # seconds that one request may take
"""

from __future__ import annotations

import os
import tomllib
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Literal

from graph.errors import WorkspaceError

REMOTE_FILE = "remote.toml"
"""The file in a workspace that names the server; a workspace without it has its graph in itself."""


@dataclass(frozen=True, slots=True)
class RemoteSettings:
    """What remote.toml says; the password and token are not shown."""

    query: str
    update: str | None = None
    graphs: str | None = None
    user: str | None = None
    password: str | None = None
    token: str | None = None
    authentication: Literal["basic", "digest"] = "basic"
    timeout: float = 60.0

    def __repr__(self) -> str:
        return f"RemoteSettings(query={self.query!r}, update={self.update!r}, graphs={self.graphs!r})"


def read_remote(folder: Path) -> RemoteSettings | None:
    """Given a workspace's folder, return its server, None where its graph is in the folder itself; raise WorkspaceError
    where remote.toml can't be understood."""
    path = folder / REMOTE_FILE
    try:
        said = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise WorkspaceError(f"{path} can't be read: {error}") from error
    return _checked(path, said)


def _checked(path: Path, said: dict[str, Any]) -> RemoteSettings:
    for name in ("password", "token"):
        variable = said.pop(f"{name}_from", None)
        if variable is not None:
            if variable not in os.environ:
                raise WorkspaceError(f"{path}: {name}_from names the variable {variable}, which is not set")
            said[name] = os.environ[variable]
    if unknown := sorted(set(said) - {field.name for field in fields(RemoteSettings)}):
        raise WorkspaceError(f"{path}: {', '.join(unknown)} is no entry of it; see docs/scaling.md")
    for name in ("query", "update", "graphs"):
        value = said.get(name)
        if value is None and name != "query":
            continue
        if not isinstance(value, str) or not value.startswith(("http://", "https://")):
            raise WorkspaceError(f'{path}: {name} must be an address, as {name} = "https://…"')
    for name in ("user", "password", "token"):
        if not isinstance(said.get(name, ""), str):
            raise WorkspaceError(f"{path}: {name} must be a text in quotes")
    if ("user" in said) != ("password" in said) or ("user" in said and "token" in said):
        raise WorkspaceError(f"{path}: give user and password together, or a token alone")
    if said.get("authentication", "basic") not in ("basic", "digest"):
        raise WorkspaceError(f'{path}: authentication is "basic" or "digest"')
    timeout = said.get("timeout", 60.0)
    if isinstance(timeout, bool) or not isinstance(timeout, int | float) or timeout <= 0:
        raise WorkspaceError(f"{path}: timeout is a number of seconds")
    return RemoteSettings(**said)
