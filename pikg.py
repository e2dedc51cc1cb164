"""The command line, and the door for Python: `import pikg` re-exports what a notebook needs.

Each command is a thin call of its twin in pipeline.py. Exit statuses: 0 done; 1 something that was named could not be
done (each told in a line); 2 the call was not understood; 130 stopped by Ctrl-C.
"""

from __future__ import annotations

import io
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from graph.whole_file import whole_file
from ui.ask_commands import export, query
from ui.correct_commands import correct
from ui.graph_commands import graph
from ui.options import (
    Language,
    format_option,
    lang_option,
    language_of,
    port_option,
    region_option,
    store_option,
    year_option,
)
from ui.options import open_store as _open

if TYPE_CHECKING:
    from graph.graphml import export_network
    from graph.measures import find_bridges, find_communities
    from graph.queries import named_queries, run_named
    from pipeline import FileStatus, FileSummary, IngestReport, Store, ingest, open_store, read_file

__version__ = "0.1.0"
__all__ = [
    "FileStatus", "FileSummary", "IngestReport", "Store", "export_network", "find_bridges", "find_communities",
    "ingest", "named_queries", "open_store", "read_file", "run_named",
]  # fmt: skip

_HOME = {
    "export_network": "graph.graphml",
    "find_bridges": "graph.measures",
    "find_communities": "graph.measures",
    "named_queries": "graph.queries",
    "run_named": "graph.queries",
}
"""Where what is re-exported comes from, if not from the pipeline."""


def __getattr__(name: str) -> Any:
    """What is re-exported, imported when it is first used: `pikg --help` waits for nothing."""
    if name not in __all__:
        raise AttributeError(f"module 'pikg' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOME.get(name, "pipeline")), name)


def __dir__() -> list[str]:
    """What completion in a notebook offers."""
    return [*__all__, "main"]


def _say(language: Language, key: str, **values: object) -> None:
    from ui.i18n import Texts

    click.echo(Texts(language)(key, **values))


# --- the commands -------------------------------------------------------------------------------------------------
@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="pikg")
def cli() -> None:
    """Read Chinese budget disclosures (部门预算, 部门决算) into a knowledge graph of projects, performance
    indicators, targets and funding, and ask it."""


@cli.command("extract", short_help="Read one document and print what was read.")
@click.argument("file", type=click.Path(path_type=Path))
@format_option("table", "json")
@click.option("--report", is_flag=True, help="Print how it was read instead: tables, cells used, cells left out.")
@click.option(
    "--debug-page", type=click.IntRange(min=1), metavar="N", help="Draw page N of a PDF or scan with its cells."
)
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="PNG", help="Where to draw the page.")
@lang_option
def _extract(file: Path, format_: str, debug_page: int | None, output: Path | None, **shown: Any) -> None:
    """Read one document and print what was read; nothing is stored.

    The JSON follows version 1 of the disclosure contract. A drawn page shows each cell with its table, row and column.
    """
    import pipeline
    from ui import terminal

    if debug_page is None and output is None:
        terminal.say_reading(pipeline.read_file(file), format_, **shown)
    elif debug_page is not None and output is not None:
        drawn = pipeline.debug_page(file, debug_page)
        with whole_file(output) as partial:
            partial.write_bytes(drawn)
    else:
        raise click.UsageError("--debug-page N and -o PNG go together")


@cli.command("ingest", short_help="Read files and folders into the store.")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="PATH...")
@click.option(
    "--jobs", type=click.IntRange(1, 64), default=1, show_default=True, metavar="N", help="Read with N processes."
)
@click.option(
    "--sources", type=click.Path(path_type=Path), metavar="CSV", help="Where files were found: file, address, dates."
)
@store_option
@lang_option
def _ingest(paths: tuple[Path, ...], folder: Path, language: Language, **given: Any) -> int:
    """Read files and folders of documents and put them into the store.

    A document is stored whole or not at all; read again, it takes its own place. Files that have not changed since
    they were read by this version are passed over. The summary tells, for each file, what was read, what was not and
    why.
    """
    import pipeline
    from ui import terminal

    with terminal.show_progress() as progress:
        report = pipeline.ingest(paths, folder, progress=progress, **given)
    terminal.say_ingest_report(report, folder, language)
    return 0 if report.ok else 1


@cli.command("comparable", short_help="Find projects comparable to one.")
@click.argument("project")
@click.option("--region", help="Only projects of this region (code, full or short name); a province covers its cities.")
@click.option("--year", type=int, help="Only projects of this fiscal year.")
@click.option("--top", type=click.IntRange(min=1), default=10, show_default=True, help="How many.")
@format_option("table", "json")
@store_option
@lang_option
def _comparable(project: str, format_: str, folder: Path, language: Language, **narrow: Any) -> None:
    """Find projects comparable to PROJECT (an IRI, a name or a unique part of it), elsewhere by default.

    A score of 0.5 is the line between comparable and not; the reasons are shown, the indicators that ask the same, what
    one of the same thing costs in both, and what comparable projects measure and this one doesn't.
    """
    from ui import terminal, terminal_comparing

    with _open(folder) as store:
        comparables = store.comparable(project, **narrow)
        missing = store.missing(project, comparables) if format_ == "table" else []
    if format_ == "json":
        terminal.write_json([item.to_json() for item in comparables], sys.stdout)
    else:
        terminal_comparing.say_comparables(comparables, language)
        terminal_comparing.say_missing(missing, language)


@cli.command("targets", short_help="The spread of targets for an indicator across units.")
@click.argument("indicator")
@click.option("--project", help="Tell where this project's own targets stand (IRI, name or a unique part of it).")
@region_option
@year_option
@format_option("table", "json")
@store_option
@lang_option
def _targets(indicator: str, format_: str, folder: Path, language: Language, **narrow: Any) -> None:
    """Show the targets of all units for INDICATOR in one unit: a measure (its notation or label, as satisfaction or
    满意度), or words of an indicator's name.

    Quartiles, each target, what was achieved the year after, and what was left out and why; with --project where its
    own targets stand, and what became of them from form to form.
    """
    from ui import terminal, terminal_comparing

    project = narrow["project"]
    with _open(folder) as store:
        spread = store.targets(indicator, **narrow)
        steps = store.target_history(project, spread.own_names) if project else []
    if format_ == "json":
        terminal.write_json(spread.to_json(language), sys.stdout)
    else:
        terminal_comparing.say_targets(spread, language)
        terminal_comparing.say_target_history(steps, language)


@cli.command("unit-costs", short_help="What one of a service costs, across cities.")
@click.argument("service", required=False)
@click.option("--project", help="Only this project (IRI, name or a unique part of it), with what has no unit cost.")
@region_option
@year_option
@click.option("--achieved", is_flag=True, help="By what was spent and achieved, not by budget and targets.")
@format_option("table", "json")
@store_option
@lang_option
def _unit_costs(service: str | None, project: str | None, format_: str, folder: Path, **given: Any) -> None:
    """Show what one of a SERVICE costs (a person of contract staff, a parcel, a line ...): amounts over the quantities
    that belong to them, each with its formula, where both are printed, and how sure it is; quartiles from three
    publishers on. SERVICE is a kind of service by notation, label or word (post, 邮寄快递, 快递); without it, all are
    listed.
    """
    from ui import terminal, terminal_comparing

    language = given["language"]
    basis: Literal["planned", "achieved"] = "achieved" if given["achieved"] else "planned"
    if project is not None and service is not None:
        raise click.UsageError("give either a SERVICE or --project")
    if service is not None and not service.strip():
        raise click.UsageError("the SERVICE is empty; leave it out to list all")
    with _open(folder) as store:
        if project is not None:
            found: Any = store.unit_costs(project, basis=basis)
        else:
            found = store.unit_cost_spreads(service, region=given["region"], year=given["year"], basis=basis)
    if format_ == "json":
        terminal.write_json(terminal_comparing.unit_costs_json(found, language), sys.stdout)
    elif project is not None:
        terminal_comparing.say_project_costs(found, language)
    elif service is not None:
        terminal_comparing.say_unit_costs(found, language)
    else:
        terminal_comparing.say_services(found, language)


@cli.command("status", short_help="Tell what the store holds, and who writes to it.")
@format_option("table", "json")
@click.option("--documents", is_flag=True, help="List the documents too.")
@click.option("--verify", is_flag=True, help="First read every file: are they as they were written?")
@store_option
@lang_option
def _status(format_: str, documents: bool, verify: bool, folder: Path, language: Language) -> int:
    """Tell what the store holds, and who writes to it."""
    from ui import terminal

    with _open(folder) as store:
        sound = not verify or terminal.say_verified(store.verify(), language)
        status = store.status()
    if format_ == "json":
        terminal.write_json(terminal.status_json(status, documents=documents), sys.stdout)
    else:
        terminal.say_status(status, language, documents=documents)
    return 0 if sound else 1


@cli.command("remove", short_help="Take a document out of the store.")
@click.argument("document")
@store_option
@lang_option
def _remove(document: str, folder: Path, language: Language) -> None:
    """Take DOCUMENT (its file name, its SHA-256 or the first eight digits of it) out of the store."""
    with _open(folder) as store:
        removed = store.remove(document)
    _say(language, "terminal.removed", file=removed.file, sha256=removed.sha256[:12])


@cli.command("optimize", short_help="Rewrite the store's files for reading.")
@store_option
@lang_option
def _optimize(folder: Path, language: Language) -> None:
    """Rewrite the store's files for reading; useful after many documents were read."""
    with _open(folder) as store:
        store.optimize()
    _say(language, "terminal.optimized", folder=folder)


@cli.command("backup", short_help="Copy the store to a new folder.")
@click.argument("target", metavar="FOLDER", type=click.Path(path_type=Path))
@click.option("--anew", is_flag=True, help="Make the graph anew from what was read: for a store that is damaged.")
@store_option
@lang_option
def _backup(target: Path, anew: bool, folder: Path, language: Language) -> None:
    """Copy the store to a new FOLDER, which is a store itself. Waits for no writer."""
    with _open(folder) as store:
        store.backup(target, anew=anew)
    _say(language, "terminal.copied", folder=folder, target=target)


@cli.command("app", short_help="Serve the app in the browser.")
@store_option
@port_option
@click.option("--read-only", is_flag=True, help="Pages change nothing: for an app that others open.")
@click.option(
    "--offer-originals",
    is_flag=True,
    help="With --read-only: readers may download the documents, names in them and all.",
)
@lang_option
def _app(folder: Path, port: int | None, language: Language, **given: bool) -> int:
    """Serve the app on this machine, in the browser; Ctrl-C ends it."""
    from ui.serving import serve_app

    _open(folder).close()
    return serve_app(folder, port, language, **given)


@cli.command("demo", short_help="The shipped examples in a store of their own, and the app on it.")
@click.option(
    "--store",
    "folder",
    type=click.Path(path_type=Path),
    default=Path(".demo-store"),
    show_default=True,
    help="The folder of the demo's own store.",
)
@port_option
@lang_option
def _demo(folder: Path, port: int | None, language: Language) -> int:
    """Read the shipped examples into a store of their own, and serve the app on it."""
    import pipeline
    from ui import terminal
    from ui.serving import serve_app

    with terminal.show_progress() as progress:
        report = pipeline.ingest_examples(folder, progress=progress)
    terminal.say_ingest_report(report, folder, language)
    return serve_app(folder, port, language) if report.ok else 1


@cli.command("serve", short_help="Serve a read-only SPARQL 1.1 endpoint.")
@store_option
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to serve on; 0.0.0.0 for everybody.")
@click.option("--port", type=click.IntRange(1, 65535), default=8890, show_default=True, help="The port to serve on.")
@click.option("--timeout", type=click.FloatRange(min=0.1), default=30.0, show_default=True, help="Seconds of a query.")
@click.option("--limit", type=click.IntRange(min=1), default=100_000, show_default=True, help="Rows of an answer.")
@lang_option
def _serve(folder: Path, host: str, port: int, language: Language, **limits: Any) -> int:
    """Serve the store as a read-only SPARQL 1.1 endpoint: /sparql for programs, / for people, and a page or RDF for
    every IRI of the data. It shows what is ingested while it runs; Ctrl-C ends it."""
    from ui.serving import serve_endpoint

    return serve_endpoint(folder, host, port, language, **limits)


cli.add_command(correct)
cli.add_command(export)
cli.add_command(graph)
cli.add_command(query)


# --- the entry ----------------------------------------------------------------------------------------------------
def _known_errors() -> tuple[type[Exception], ...]:
    """What is told in a sentence. Asked for only once something went wrong, so that nothing is imported before."""
    from ui.telling import KNOWN_ERRORS

    return KNOWN_ERRORS


def _use_utf8() -> None:
    """Whatever the machine's code page is, what we print is UTF-8; what can't be printed is shown, not fatal."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace", newline="\n")


def run(arguments: Sequence[str]) -> int:
    """Given the arguments of a call, do it and return its exit status; what goes wrong is told on standard error."""
    _use_utf8()
    language = language_of(arguments)
    try:
        if "_PIKG_COMPLETE" in os.environ:  # a shell asks what could come next
            cli.main(args=list(arguments), prog_name="pikg")
        # Not `cli.main`, which takes a reader who has enough of our output for an error.
        with cli.make_context("pikg", list(arguments)) as context:
            told = cli.invoke(context)
        sys.stdout.flush()
    except click.exceptions.Exit as error:
        return error.exit_code
    except click.ClickException as error:
        from ui.telling import tell_call

        return tell_call(error, language)
    except (click.Abort, KeyboardInterrupt):
        from ui.i18n import Texts

        click.echo(Texts(language)("terminal.stopped"), err=True)
        return 130
    except BrokenPipeError:
        # Whoever read our output has enough; Python must not complain about it when it flushes at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except _known_errors() as error:
        from ui.telling import tell_error

        return tell_error(error, language)
    return told if isinstance(told, int) else 0


def main() -> None:
    """The console script."""
    status = run(sys.argv[1:])
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # what is left is the program's own end, which nobody needs to stop
    sys.exit(status)


if __name__ == "__main__":
    main()
