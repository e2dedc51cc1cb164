"""`pikg query` and `pikg export`: what the store answers, and files of it. Thin calls of methods of pipeline.Store."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from ui.options import format_option, lang_option, open_store, parse_parameters, read_text, store_option

_ROW_FORMATS = ("csv", "xlsx", "json")
"""What the rows of a named query can be written as."""


@click.command("query", short_help="Ask the store: a named query, or SPARQL.")
@click.argument("name", required=False)
@click.option("--sparql", metavar="TEXT", help="Ask this SPARQL instead of a named query.")
@click.option("--file", type=click.Path(path_type=Path), metavar="F.rq", help="Ask the SPARQL in this UTF-8 file.")
@click.option(
    "-p", "--param", "parameters", multiple=True, metavar="KEY=VALUE", help="A parameter; again for a second value."
)
@click.option("--list", "list_", is_flag=True, help="List the named queries with their parameters.")
@format_option("table", "csv", "json", "turtle")
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="FILE", help="Write to this file.")
@click.option(
    "--timeout",
    type=click.FloatRange(min=0.1),
    default=30.0,
    show_default=True,
    help="Seconds after which SPARQL is stopped.",
)
@click.option(
    "--limit",
    type=click.IntRange(min=1),
    default=10_000,
    show_default=True,
    help="Rows after which SPARQL's answer is cut.",
)
@store_option
@lang_option
def query(list_: bool, **given: Any) -> None:
    """Ask the store: a named query, or SPARQL.

    SPARQL only reads; the prefixes pikg, concept, rdfs, skos … need no declaration, and the default graph is
    everything that the store holds.
    """
    from ui import terminal  # noqa: PLC0415 - `pikg --help` waits for nothing
    from ui.i18n import Texts  # noqa: PLC0415

    language = given["language"]
    if list_:
        from graph.queries import named_queries  # noqa: PLC0415

        terminal.say_queries(named_queries(), language)
        return
    if sum(given[name] is not None for name in ("name", "sparql", "file")) != 1:
        raise click.UsageError("give the NAME of a query (--list shows them), or --sparql TEXT, or --file F.rq")
    headings = {}
    if given["name"] is not None:
        from graph.queries import find_query  # noqa: PLC0415

        headings = {column.name: getattr(column.label, language) for column in find_query(given["name"]).columns}
        parameters = parse_parameters(given["parameters"])
        with open_store(given["folder"]) as store:
            answer: Any = store.named(given["name"], **parameters)
    else:
        if given["parameters"]:
            raise click.UsageError("--param goes with a named query")
        text = given["sparql"] if given["sparql"] is not None else read_text(given["file"])
        with open_store(given["folder"]) as store:
            answer = store.query(text, timeout=given["timeout"], limit=given["limit"])
    terminal.write_answer(answer, given["format_"], given["output"], headings, language)
    if getattr(answer, "cut", False):
        terminal.complain(Texts(language)("terminal.cut", n=len(answer)))


@click.command("export", short_help="Write everything, or a named query's rows, to a file.")
@click.option(
    "--format",
    "format_",
    type=click.Choice(["nquads", "turtle", "jsonld", "csv", "xlsx", "graphml", "json"]),
    show_default="nquads; of a query's rows as FILE ends",
    help="Of a query's rows csv, xlsx or json.",
)
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="FILE", help="Write to this file.")
@click.option(
    "--query", "name", metavar="NAME", help="The rows of a named query instead, as --format or the end of FILE says."
)
@click.option("-p", "--param", "parameters", multiple=True, metavar="KEY=VALUE", help="A parameter of that query.")
@click.option(
    "--money",
    type=click.Choice(["yuan", "wan"]),
    default="yuan",
    show_default=True,
    help="Amounts of a workbook: 元, 万元.",
)
@store_option
@lang_option
def export(format_: str | None, output: Path | None, folder: Path, language: Any, **given: Any) -> None:
    """Write everything that the store holds: the graph as N-Quads (sorted, each statement with its document), Turtle
    or JSON-LD; as CSV, the long table of indicators with the place where each was printed; as XLSX, a workbook of
    projects, indicators, funding, budget lines, issues and documents; as GraphML, regions, units, projects and the
    indicators that they share, for Gephi.

    Without a file it goes to standard output (a workbook needs a file).
    """
    if output is None and (format_ == "xlsx" or given["name"] is not None):
        raise click.UsageError("name the file to write to with -o FILE")
    if given["money"] != "yuan" and (format_ != "xlsx" or given["name"] is not None):
        raise click.UsageError("--money goes with --format xlsx: the other formats have amounts in yuan")
    if given["name"] is not None and output is not None:
        ending = _ending_of_rows(format_, output)
        parameters = parse_parameters(given["parameters"])
        with open_store(folder) as store:
            store.export_query(given["name"], output, ending=ending, language=language, **parameters)
        return
    if given["parameters"]:
        raise click.UsageError("--param goes with --query NAME")
    if format_ == "json":
        raise click.UsageError("--format json goes with --query NAME: the graph as JSON is jsonld")
    with open_store(folder) as store:
        if output is None:
            store.write(format_ or "nquads", sys.stdout, language=language)
        else:
            store.export(format_ or "nquads", output, language=language, money=given["money"])


def _ending_of_rows(format_: str | None, output: Path) -> str:
    """The ending of a file of what the rows of a query are written as."""
    if format_ is None:
        return output.suffix
    if format_ not in _ROW_FORMATS:
        raise click.UsageError(f"the rows of a query are written as csv, xlsx or json, not as {format_}")
    ending = output.suffix.lower().removeprefix(".")
    if ending in _ROW_FORMATS and ending != format_:
        raise click.UsageError(f"--format {format_} and a file that ends in .{ending} contradict each other")
    return f".{format_}"
