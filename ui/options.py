"""Options that several commands of the command line share."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click


def _default_language() -> str:
    told = next((os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), "")
    if not told:
        import locale  # noqa: PLC0415 - only where no variable tells

        told = locale.getlocale()[0] or ""
    return "zh" if told.lower().startswith(("zh", "chinese")) else "en"


store_option = click.option(
    "--store",
    "folder",
    type=click.Path(path_type=Path),
    envvar="PIKG_STORE",
    default=Path("pikg-store"),
    show_default="PIKG_STORE, else ./pikg-store",
    help="The folder of the store.",
)
lang_option = click.option(
    "--lang",
    "language",
    type=click.Choice(["zh", "en"]),
    default=_default_language,
    show_default="by locale",
    help="The language of titles and of messages about documents.",
)


def format_option(*formats: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """The option --format with these choices, the first by default."""
    return click.option("--format", "format_", type=click.Choice(formats), default=formats[0], show_default=True)
