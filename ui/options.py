"""The options that several commands of the command line share."""

from __future__ import annotations

import locale
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

if TYPE_CHECKING:
    from pipeline import Store

Language = Literal["zh", "en"]


def _default_language() -> Language:
    variables = ("PIKG_LANG", "LC_ALL", "LC_MESSAGES", "LANG")
    told = next((os.environ[name] for name in variables if os.environ.get(name)), "")
    if not told:
        told = locale.getlocale()[0] or ""
    return "zh" if told.lower().startswith(("zh", "chinese")) else "en"


def language_of(arguments: Sequence[str]) -> Language:
    """Given the arguments of a call, return the language that it asks for, also where the call can't be understood."""
    said: Language = _default_language()
    for number, argument in enumerate(arguments):
        name, equals, value = argument.partition("=")
        if name == "--":
            break
        if name == "--lang":
            value = value if equals else next(iter(arguments[number + 1 : number + 2]), "")
            said = "zh" if value == "zh" else "en" if value == "en" else said
    return said


def open_store(folder: Path) -> Store:
    """Given a store's folder, return the store, which must be there; to be closed (it is a context manager)."""
    import pipeline  # noqa: PLC0415 - `pikg --help` waits for nothing

    return pipeline.open_store(folder, create=False)


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
    show_default="PIKG_LANG, else by locale",
    help="The language of titles and of messages about documents.",
)
port_option = click.option(
    "--port",
    type=click.IntRange(1, 65535),
    show_default="8501, or the next one that is free",
    help="The port to serve on.",
)


def format_option(*formats: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Given the formats that a command writes, the default first, return its option --format."""
    return click.option("--format", "format_", type=click.Choice(formats), default=formats[0], show_default=True)


region_option = click.option("--region", help="Only of this region (code, full or short name), and what lies in it.")
year_option = click.option("--year", type=int, help="Only of this fiscal year.")


def parse_parameters(given: Sequence[str]) -> dict[str, str | list[str]]:
    """Given what was said with --param (KEY=VALUE), return the values by key, several of one key as a list."""
    parsed: dict[str, str | list[str]] = {}
    for entry in given:
        key, equals, value = entry.partition("=")
        if not equals or not key:
            raise click.UsageError(f"--param {entry!r}: write it as KEY=VALUE")
        before = parsed.get(key)
        parsed[key] = value if before is None else [*([before] if isinstance(before, str) else before), value]
    return parsed


def read_text(file: Path) -> str:
    """Given a file that must be UTF-8, return its text; raise click.ClickException where it isn't."""
    try:
        return file.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        raise click.ClickException(f"{file} is not UTF-8 text; save it as UTF-8") from error
