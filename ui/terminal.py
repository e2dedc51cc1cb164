"""What the command line prints: tables, summaries, answers. Knows rich, nothing of Streamlit, and of no arguments."""

from __future__ import annotations

import json
import os
import stat
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from graph.errors import GraphError
from graph.whole_file import whole_file

if TYPE_CHECKING:
    from rich.console import Console

    from graph.queries import NamedQuery
    from graph.status import Status
    from graph.store import Answer, Rows
    from ontology.records import Disclosure, Issue, Project, Value
    from pipeline import FileSummary, IngestReport, Progress

MAX_ISSUES_SHOWN = 20
"""Issues of one file that a summary lists; the rest is counted."""


class FormatError(GraphError):
    """An answer can't be written in the format that was asked for."""


def say(text: str = "") -> None:
    """Print a line on standard output."""
    sys.stdout.write(text + "\n")


def complain(text: str) -> None:
    """Print a line on standard error."""
    sys.stderr.write(text + "\n")


@contextmanager
def open_output(path: Path | None, *, for_spreadsheets: bool = False) -> Iterator[TextIO]:
    """Standard output, or the file at a path, which is there whole or not at all; with a byte order mark where a
    spreadsheet will open it as a file."""
    mark = "\ufeff" if for_spreadsheets else ""
    if path is not None:
        with whole_file(path) as partial, partial.open("w", encoding="utf-8", newline="\n") as file:
            file.write(mark)
            yield file
        return
    if mark and _is_file(sys.stdout):
        sys.stdout.write(mark)
    yield sys.stdout


def _is_file(stream: TextIO) -> bool:
    try:
        return stat.S_ISREG(os.fstat(stream.fileno()).st_mode)
    except (OSError, ValueError):
        return False  # not a stream of the system: nothing will open it as a file


def write_json(value: Any, file: TextIO) -> None:
    """Write a JSON value for programs that people look over the shoulder of."""
    json.dump(value, file, ensure_ascii=False, indent=2)
    file.write("\n")


# --- tables and progress ------------------------------------------------------------------------------------------
def _console(file: TextIO) -> Console:
    """A console that wraps at a terminal's edge, and nowhere where the output goes to a file or another program."""
    from rich.console import Console  # noqa: PLC0415 - most calls print no table

    return Console(file=file, width=None if file.isatty() else 100_000, highlight=False)


def write_table(heads: Sequence[str], rows: Sequence[Sequence[str]], file: TextIO) -> None:
    """Write a table for people: no text is cut; on a terminal long ones are folded."""
    from rich import box  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_header=any(heads))
    for head in heads:
        table.add_column(Text(head), overflow="fold")
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    console = _console(file)
    with console.capture() as captured:
        console.print(table)
    lines = [line.rstrip() for line in captured.get().splitlines()]
    file.writelines(f"{line}\n" for line in lines[not lines[0] :])  # rich begins with an empty line


@contextmanager
def show_progress() -> Iterator[Progress]:
    """A bar on standard error where that is a terminal, else nothing: the summary tells everything."""
    if not sys.stderr.isatty():
        yield lambda *_: None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn  # noqa: PLC0415

    columns = (BarColumn(bar_width=24), MofNCompleteColumn(), TextColumn("{task.description}", markup=False))
    with Progress(*columns, console=_console(sys.stderr), transient=True) as bar:
        task = bar.add_task("")

        def told(number: int, total: int, path: Path, summary: FileSummary | None) -> None:
            done = number if summary is not None else number - 1
            bar.update(task, total=total, completed=done, description=path.name)

        yield told


# --- what was read ------------------------------------------------------------------------------------------------
def say_ingest_report(report: IngestReport, folder: Path, language: str) -> None:
    """Print what became of every file: what was read, what was not and why; failures on standard error."""
    from pipeline import FileStatus  # noqa: PLC0415

    for summary in report.files:
        if summary.status is FileStatus.STORED:
            _say_stored(summary, language)
        elif summary.status is FileStatus.UNCHANGED:
            say(f"unchanged: {summary.path.name}")
        elif summary.status is FileStatus.PASSED_OVER:
            say(f"passed over: {summary.reason}")
    sys.stdout.flush()
    for summary in report.having(FileStatus.FAILED):
        complain(f"failed: {summary.reason}")
    counts = ", ".join(f"{len(report.having(kind))} {kind}" for kind in FileStatus if report.having(kind))
    say(f"{folder}: {counts or 'no files found'}")


def _say_stored(summary: FileSummary, language: str) -> None:
    whose = f"{summary.publisher or 'publisher unknown'}, {summary.fiscal_year or 'year unknown'}"
    read = [
        _number(summary.projects, "project form"),
        _number(summary.indicators, "indicator"),
        _number(summary.funding, "funding amount"),
    ]
    if summary.budget_lines:
        read.append(_number(summary.budget_lines, "budget line"))
    notes = sum(1 for issue in summary.issues if issue.severity == "info")
    told = [_number(len(summary.issues) - notes, "issue")] + ([_number(notes, "note")] if notes else [])
    say(f"stored: {summary.path.name}: {whose}: {', '.join(read)}; {', '.join(told)}")
    _say_decisions(summary)
    graver = [issue for issue in summary.issues if issue.severity != "info"]
    say_issues(graver[:MAX_ISSUES_SHOWN], language)
    if len(graver) > MAX_ISSUES_SHOWN:
        say(f"    … and {len(graver) - MAX_ISSUES_SHOWN} more; `pikg extract FILE` shows them all")


def _say_decisions(summary: FileSummary) -> None:
    if summary.corrected:
        say(f"    {_number(summary.corrected, 'correction')} by people applied")
    for one in summary.stale:
        where = ", ".join(
            f"{word} {at}" for word, at in (("page", one.page), ("table", one.table), ("row", one.row)) if at
        )
        say(
            f"    stale: the correction {one.id} ({where}, {one.field}: “{one.old}” → “{one.new}”) was not applied: "
            "that cell reads otherwise now, or is not there; see `pikg correct list`"
        )


def _number(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def say_issues(issues: Sequence[Issue], language: str) -> None:
    """Print issues of reading, one a line, each with its place."""
    for issue in issues:
        message = issue.message_zh if language == "zh" else issue.message_en
        say(f"    {issue.severity}: {_place(issue)}{message} [{issue.code}]")


def _place(issue: Issue) -> str:
    place = issue.place
    if place is None:
        return ""
    parts = (("p. ", place.page), ("sheet ", place.sheet), ("table ", place.table), ("row ", place.row))
    told = ", ".join(f"{word}{number}" for word, number in parts if number is not None)
    return f"{told}: " if told else ""


def say_reading(reading: Any, format_: str, *, report: bool, language: str) -> None:
    """Given what was read of a document, print its records or, with `report`, how it was read, as "table" or "json"."""
    from ontology.contract import to_json  # noqa: PLC0415

    if format_ == "json":
        write_json(reading.report.to_json() if report else to_json(reading.disclosure), sys.stdout)
    elif report:
        say(reading.report.to_text())
    else:
        say_disclosure(reading.disclosure, language)


def say_disclosure(disclosure: Disclosure, language: str) -> None:
    """Print what was read from one document."""
    document = disclosure.document
    say(document.title or document.file)
    unit = document.unit.name if document.unit else "publisher unknown"
    region = f" ({document.region.name})" if document.region else ""
    say(f"{unit}{region}, {document.kind.replace('_', ' ')}, {document.fiscal_year or 'year unknown'}")
    for project in disclosure.projects:
        _say_project(project)
    say()
    say(f"{_number(len(disclosure.projects), 'project form')}, {_number(len(disclosure.issues), 'issue')}")
    say_issues(disclosure.issues, language)


def _say_project(project: Project) -> None:
    say()
    kind, year = project.form.replace("_", " "), project.fiscal_year or "year unknown"
    say(f"[{project.form_id}] {project.name} ({kind}, {year})")
    for amount in project.funding:
        say(
            f"    {amount.stage} {amount.source}: {amount.raw} {amount.unit or ''}".rstrip()
            + f" = {amount.amount:f} yuan"
        )
    if project.objective:
        say(f"    {project.objective}")
    if not project.indicators:
        return
    heads = ["tier 1", "tier 2", "tier 3", "target"]
    rows = [[i.tier1 or "", i.tier2 or "", i.tier3, _shown(i.target)] for i in project.indicators]
    if any(indicator.actual for indicator in project.indicators):
        heads.append("actual")
        rows = [[*row, _shown(i.actual)] for row, i in zip(rows, project.indicators, strict=True)]
    write_table(heads, rows, sys.stdout)


def _shown(value: Value | None) -> str:
    return value.raw if value is not None else ""


# --- what was asked -----------------------------------------------------------------------------------------------
def say_queries(queries: Mapping[str, NamedQuery], language: str) -> None:
    """Print the named queries with their parameters."""
    for query in queries.values():
        given = [f"{p.name}={p.type}" if p.required else f"[{p.name}={p.type}]" for p in query.parameters]
        say(" ".join([query.name, *given]))
        say(f"    {getattr(query.title, language)}: {getattr(query.description, language)}")


def write_answer(answer: Answer, format_: str, output: Path | None, headings: Mapping[str, str]) -> None:
    """Write a query's answer as table, csv, json or turtle; raise FormatError where its kind has no such form."""
    from graph.results import show, to_sparql_json, to_turtle, write_csv  # noqa: PLC0415
    from graph.store import Rows  # noqa: PLC0415

    writers: dict[str, Callable[[TextIO], Any]] = {"csv": lambda file: write_csv(answer, file)}
    if isinstance(answer, bool):
        writers["table"] = lambda file: file.write("yes\n" if answer else "no\n")
        writers["json"] = lambda file: write_json(to_sparql_json(answer), file)
    elif isinstance(answer, Rows):
        writers["table"] = lambda file: _write_rows(answer, headings, file)
        writers["json"] = lambda file: write_json(to_sparql_json(answer), file)
    else:
        heads = ["subject", "predicate", "object"]
        cells = ([show(node) for node in triple] for triple in answer)
        writers["table"] = lambda file: write_table(heads, list(cells), file)
        writers["turtle"] = lambda file: file.write(to_turtle(answer))
    write = writers.get(format_)
    if write is None:
        raise FormatError(f"this answer can't be written as {format_}; it can as {', '.join(sorted(writers))}")
    with open_output(output, for_spreadsheets=format_ == "csv") as file:
        write(file)


def _write_rows(answer: Rows, headings: Mapping[str, str], file: TextIO) -> None:
    """Write rows for people: of a named query, whose columns have headings, the columns that only hold the IRIs of
    things are left out, and said to be."""
    from graph.results import show  # noqa: PLC0415

    heads = [headings.get(variable, variable) for variable in answer.variables]
    kept = [number for number in range(len(heads)) if not headings or not _only_things(answer, number)] or [
        *range(len(heads))
    ]
    write_table([heads[n] for n in kept], [[show(row[n]) for n in kept] for row in answer.rows], file)
    if len(kept) < len(heads):
        left_out = ", ".join(head for number, head in enumerate(heads) if number not in kept)
        complain(f"columns left out of the table: {left_out}; --format csv or json has them")


def _only_things(answer: Rows, column: int) -> bool:
    """Whether a column holds nothing but IRIs of things (not of concepts and terms, which have short names)."""
    from rdflib import URIRef  # noqa: PLC0415

    from ontology.namespaces import CONCEPT, PIKG  # noqa: PLC0415

    nodes = [row[column] for row in answer.rows if row[column] is not None]
    return bool(nodes) and all(isinstance(n, URIRef) and not str(n).startswith((PIKG, CONCEPT)) for n in nodes)


# --- how the store stands -----------------------------------------------------------------------------------------
def status_json(status: Status, *, documents: bool) -> dict[str, Any]:
    """Given a status, return it as JSON values, the documents only where they are wanted."""
    told: dict[str, Any] = {
        "store": str(status.folder),
        "base": status.base,
        "schema_version": status.schema_version,
        "extractor_version": status.extractor_version,
        "snapshot": status.snapshot,
        "published": status.published.isoformat(timespec="seconds"),
        "unpublished_changes": status.unpublished,
        "written_by": None if status.writer is None else str(status.writer),
        "bytes_on_disk": status.bytes_on_disk,
        "triples": status.triples,
        "counts": dict(sorted(status.counts.items())),
        "superseded_forms": status.superseded_forms,
    }
    if documents:
        told["documents"] = [
            {"sha256": d.sha256, "file": d.file, "extractor_version": d.extractor_version} for d in status.documents
        ]
    return told


def say_status(status: Status, *, documents: bool) -> None:
    """Print a status, and what it asks for."""
    from pipeline import EXTRACTOR_VERSION  # noqa: PLC0415 - what a terminal tells of a query needs no pipeline

    told = status_json(status, documents=documents)
    listed, counts = told.pop("documents", []), told.pop("counts")
    flat = {key: value for key, value in (told | counts).items() if value is not None}
    write_table(["", ""], [[key.replace("_", " "), _plain(value)] for key, value in flat.items()], sys.stdout)
    if listed:
        rows = [[entry["sha256"][:12], entry["file"], entry["extractor_version"] or ""] for entry in listed]
        say()
        write_table(["sha256", "file", "extractor"], rows, sys.stdout)
    others = [d.extractor_version or "?" for d in status.documents if d.extractor_version != EXTRACTOR_VERSION]
    if others:
        say(
            f"{_number(len(others), 'document')} read by another version ({', '.join(sorted(set(others)))}; this one is "
            f"{EXTRACTOR_VERSION}): ingest the files again to have them as this one reads them"
        )
    if status.unpublished and status.writer is None:
        say("a run was stopped in its midst; the next command that writes publishes or undoes what it left")


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:,}" if isinstance(value, int) else str(value)
