"""Writes the pages of docs/ that are made from code and data anew: `python docs/generate.py` (or `make docs`)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import click

from graph.queries import named_queries
from graph.query_reference import render_reference
from pikg import cli

ROOT = Path(__file__).resolve().parent.parent

_CLI_PREAMBLE = """# Command line

Made from the commands themselves by `python docs/generate.py`; don't edit it by hand.

Exit status of every command: 0 done; 1 something that was named could not be done (each told in a line on standard
error); 2 the call was not understood; 130 stopped by Ctrl-C, which leaves whole documents only. In a walked folder,
files of kinds that are not read are listed as passed over and don't count.

Output is UTF-8 on every platform. CSV that goes to a file begins with a byte order mark, so that Excel and WPS read it
as UTF-8; a text in it that a spreadsheet would take for a formula has an apostrophe in front. Tables for people are
folded at a terminal's edge and never cut; in a file or a pipe they are as wide as they must be.
"""


def render_cli() -> str:
    """Return the reference page of the command line as Markdown."""
    return _CLI_PREAMBLE + "".join(_section(cli, None, "pikg"))


def _section(command: click.Command, parent: click.Context | None, name: str) -> Iterator[str]:
    context = click.Context(command, parent, name, **{**command.context_settings, "terminal_width": 100})
    yield f"\n## {context.command_path}\n\n```\n{command.get_help(context)}\n```\n"
    if isinstance(command, click.Group):
        for child in command.list_commands(context):
            yield from _section(command.commands[child], context, child)


def _render_queries() -> str:
    return render_reference(named_queries().values())


PAGES: dict[str, Callable[[], str]] = {"cli.md": render_cli, "queries.md": _render_queries}
"""The generated pages of docs/ and what renders them."""


def main() -> None:
    """Write every page."""
    for name, render in PAGES.items():
        (ROOT / "docs" / name).write_text(render(), "utf-8", newline="\n")


if __name__ == "__main__":
    main()
