"""What several test modules share: the stores that one suite is run on."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from servers import SERVERS, VIRTUOSO_MISSING, emptied, run_oxigraph, run_virtuoso, virtuoso_program

from graph.embedded import new_in_memory
from graph.remote_settings import RemoteSettings
from graph.store import WritableStore


@pytest.fixture(scope="session")
def oxigraph() -> Iterator[RemoteSettings]:
    with run_oxigraph() as settings:
        yield settings


@pytest.fixture(scope="session")
def virtuoso(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RemoteSettings]:
    if virtuoso_program() is None:
        pytest.skip(VIRTUOSO_MISSING)
    with run_virtuoso(tmp_path_factory.mktemp("virtuoso")) as settings:
        yield settings


@pytest.fixture(params=["embedded", *SERVERS])
def store(request: pytest.FixtureRequest) -> Iterator[WritableStore]:
    """An empty store of each kind."""
    if request.param == "embedded":
        made: WritableStore = new_in_memory()
    else:
        made = emptied(request.getfixturevalue(request.param), "https://example.org/")
    with made:
        yield made


@pytest.fixture(params=SERVERS)
def server(request: pytest.FixtureRequest) -> RemoteSettings:
    """Each server that is there."""
    settings: RemoteSettings = request.getfixturevalue(request.param)
    return settings
