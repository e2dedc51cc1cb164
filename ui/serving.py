"""The servers that the command line starts: the app, and the SPARQL endpoint."""

from __future__ import annotations

import errno
import os
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import click

from ui.options import Language

_APP_PORTS = range(8501, 8600)


def _is_free(port: int) -> bool:
    """Whether nobody on this machine answers at a port."""
    with socket.socket() as door:
        return door.connect_ex(("127.0.0.1", port)) != 0


def _require_free(host: str, port: int) -> None:
    """Raise click.ClickException where an address can't be served on."""
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.create_server(address[:2], family=family):
            return
    except (OSError, UnicodeError) as error:
        if getattr(error, "errno", None) == errno.EADDRINUSE:
            raise _in_use(port) from error
        reason = getattr(error, "strerror", None) or str(error)
        raise click.ClickException(
            f"{host}, port {port}, can't be served on ({reason}); name an address of this machine and a free port"
        ) from error


def _in_use(port: int) -> click.ClickException:
    return click.ClickException(f"the port {port} is in use; name another with --port")


def serve_app(
    folder: Path, port: int | None, language: Language, *, read_only: bool = False, offer_originals: bool = False
) -> int:
    """Given a store's folder, a port (None: the first free one from 8501), the language to say where it is, whether pages
    may change the store and, where they may not, whether they offer the originals, serve the app until Ctrl-C; return the
    exit status."""
    from ui.i18n import Texts
    from ui.theme import server_options

    if port is None:
        port = next((free for free in _APP_PORTS if _is_free(free)), _APP_PORTS.start)
    elif not _is_free(port):
        raise _in_use(port)
    program = Path(__file__).resolve().parent.with_name("app.py")
    command = [
        sys.executable,
        "-m",
        "streamlit",
        "run",
        str(program),
        f"--server.port={port}",
        *server_options(read_only=read_only),
    ]
    environment = os.environ | {"PIKG_STORE": str(folder.resolve()), "PYTHONUTF8": "1"}
    if read_only:
        environment["PIKG_READ_ONLY"] = "1"
    if offer_originals:
        environment["PIKG_OFFER_ORIGINALS"] = "1"
    click.echo(Texts(language)("terminal.app_at", port=port))
    sys.stdout.flush()
    server = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    signal.signal(signal.SIGTERM, lambda *_: server.terminate())
    try:
        ended = server.wait()
    except KeyboardInterrupt:
        server.wait()  # the terminal has told it, too
        return 0
    return 1 if ended > 0 else 0


def serve_endpoint(folder: Path, host: str, port: int, language: Language, *, timeout: float, limit: int) -> int:
    """Given a store's folder, an address, the language to say where it is, and the time (seconds) and row limits of a
    query, serve the SPARQL endpoint until Ctrl-C; return the exit status."""
    from graph.serve import Limits, build_app, run_endpoint
    from graph.workspace import Workspace
    from ui.i18n import Texts

    endpoint = build_app(Workspace.open(folder), Limits(seconds=timeout, rows=limit))
    shown = "localhost" if host in ("127.0.0.1", "0.0.0.0", "::") else host
    _require_free(host, port)
    click.echo(Texts(language)("terminal.endpoint_at", host=shown, port=port))
    sys.stdout.flush()
    with suppress(KeyboardInterrupt):
        run_endpoint(endpoint, host, port)
    return 0
