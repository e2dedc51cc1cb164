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
from ontology.errors import in_chinese
from ui.i18n import Language, Texts

if TYPE_CHECKING:
    from rich.console import Console

    from graph.queries import NamedQuery
    from graph.status import Status, Verified
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
    file.writelines(f"{line}\n" for line in lines[not lines[0] : len(lines) - (not lines[-1])])  # rich adds empty lines


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
def in_language(sentence: str, t: Texts) -> str:
    """Given what an error says, return it in the language: in Chinese where that is known, else as it stands."""
    return sentence if t.language == "en" else in_chinese(sentence) or sentence


def say_ingest_report(report: IngestReport, folder: Path, language: Language) -> None:
    """Print what became of every file: what was read, what was not and why; failures on standard error."""
    from pipeline import FileStatus  # noqa: PLC0415

    t = Texts(language)
    for summary in report.files:
        if summary.status is FileStatus.STORED:
            _say_stored(summary, t)
        elif summary.status is FileStatus.UNCHANGED:
            say(t("terminal.unchanged", file=summary.path.name))
        elif summary.status is FileStatus.PASSED_OVER:
            say(t("terminal.passed_over", reason=in_language(summary.reason or "", t)))
    sys.stdout.flush()
    for summary in report.having(FileStatus.FAILED):
        complain(t("terminal.failed", reason=in_language(summary.reason or "", t)))
    having = {kind.name.lower(): len(report.having(kind)) for kind in FileStatus}
    counts = t("terminal.and").join(t(f"terminal.count_{kind}", n=n) for kind, n in having.items() if n)
    say(t("terminal.all_files", folder=folder, counts=counts or t("terminal.no_files")))


def _say_stored(summary: FileSummary, t: Texts) -> None:
    publisher = summary.publisher or t("terminal.no_publisher")
    notes = sum(1 for issue in summary.issues if issue.severity == "info")
    read = {"form": summary.projects, "indicator": summary.indicators, "funding": summary.funding}
    read |= {"line": summary.budget_lines} if summary.budget_lines else {}
    issues = {"issue": len(summary.issues) - notes} | ({"note": notes} if notes else {})
    whose = t("terminal.whose", publisher=publisher, year=_year(summary.fiscal_year, t))
    told = {"whose": whose, "read": _numbers(t, read), "issues": _numbers(t, issues)}
    say(t("terminal.stored", file=summary.path.name, **told))
    _say_decisions(summary, t)
    graver = [issue for issue in summary.issues if issue.severity != "info"]
    say_issues(graver[:MAX_ISSUES_SHOWN], t)
    if len(graver) > MAX_ISSUES_SHOWN:
        say(t("terminal.more_issues", n=len(graver) - MAX_ISSUES_SHOWN))


def _say_decisions(summary: FileSummary, t: Texts) -> None:
    if summary.corrected:
        say(f"    {_number(t, summary.corrected, 'correction')}")
    for one in summary.stale:
        where = told_place(t, page=one.page, table=one.table, row=one.row)
        say(t("terminal.stale", id=one.id, where=where, field=one.field, old=one.old, new=one.new))


def _number(t: Texts, count: int, noun: str, **values: object) -> str:
    return t(f"terminal.one_{noun}" if count == 1 else f"terminal.n_{noun}", n=count, **values)


def _numbers(t: Texts, counts: Mapping[str, int]) -> str:
    return t("terminal.and").join(_number(t, count, noun) for noun, count in counts.items())


def _year(year: int | None, t: Texts) -> str:
    return t("terminal.no_year") if year is None else t("terminal.year", year=year)


def told_concept(t: Texts, scheme: str, notation: str) -> str:
    """Given a concept, return what it is called: its label in Chinese, in English the word that stands in the JSON."""
    from ontology.concepts import concept_schemes  # noqa: PLC0415

    known = concept_schemes()[scheme].concepts.get(notation)
    return notation.replace("_", " ") if known is None or t.language == "en" else known.label.zh


def say_issues(issues: Sequence[Issue], t: Texts) -> None:
    """Print issues of reading, one a line, each with its place."""
    for issue in issues:
        at = issue.place
        place = told_place(t, page=at.page, sheet=at.sheet, table=at.table, row=at.row) if at else ""
        told = {"place": place + t("app.colon") if place else "", "code": issue.code}
        message = issue.message_zh if t.language == "zh" else issue.message_en
        say(t("terminal.issue", severity=told_concept(t, "severity", issue.severity), message=message, **told))


def told_place(t: Texts, **parts: int | str | None) -> str:
    """Given the parts of a place that are known (page, sheet, table, row), return it in words."""
    return t("terminal.and").join(t(f"terminal.at_{name}", n=at) for name, at in parts.items() if at is not None)


def say_reading(reading: Any, format_: str, *, report: bool, language: Language) -> None:
    """Given what was read of a document, print its records or, with `report`, how it was read, as "table" or "json"."""
    from ontology.contract import to_json  # noqa: PLC0415

    if format_ == "json":
        write_json(reading.report.to_json() if report else to_json(reading.disclosure), sys.stdout)
    elif report:
        say(reading.report.to_text())
    else:
        say_disclosure(reading.disclosure, Texts(language))


def say_disclosure(disclosure: Disclosure, t: Texts) -> None:
    """Print what was read from one document."""
    document = disclosure.document
    say(document.title or document.file)
    unit = document.unit.name if document.unit else t("terminal.no_publisher")
    if document.region:
        unit = t("terminal.in_region", publisher=unit, region=document.region.name)
    kind, year = told_concept(t, "kind", document.kind), _year(document.fiscal_year, t)
    say(t("terminal.whose_of", publisher=unit, kind=kind, year=year))
    for project in disclosure.projects:
        _say_project(project, t)
    say()
    say(_numbers(t, {"form": len(disclosure.projects), "issue": len(disclosure.issues)}))
    say_issues(disclosure.issues, t)


def _say_project(project: Project, t: Texts) -> None:
    say()
    kind, year = told_concept(t, "form", project.form), _year(project.fiscal_year, t)
    say(t("terminal.form", id=project.form_id, name=project.name, kind=kind, year=year))
    for amount in project.funding:
        stage, source = told_concept(t, "stage", amount.stage), told_concept(t, "source", amount.source)
        printed = f"{amount.raw} {amount.unit or ''}".rstrip()
        say(t("terminal.amount", stage=stage, source=source, printed=printed, amount=f"{amount.amount:f}"))
    if project.objective:
        say(f"    {project.objective}")
    if not project.indicators:
        return
    heads = [t("terminal.head_tier1"), t("terminal.head_tier2"), t("terminal.head_tier3"), t("terminal.head_target")]
    rows = [[i.tier1 or "", i.tier2 or "", i.tier3, _shown(i.target)] for i in project.indicators]
    if any(indicator.actual for indicator in project.indicators):
        heads.append(t("terminal.head_actual"))
        rows = [[*row, _shown(i.actual)] for row, i in zip(rows, project.indicators, strict=True)]
    write_table(heads, rows, sys.stdout)


def _shown(value: Value | None) -> str:
    return value.raw if value is not None else ""


# --- what was asked -----------------------------------------------------------------------------------------------
def say_queries(queries: Mapping[str, NamedQuery], language: Language) -> None:
    """Print the named queries with their parameters."""
    t = Texts(language)
    for query in queries.values():
        given = [f"{p.name}={p.type}" if p.required else f"[{p.name}={p.type}]" for p in query.parameters]
        say(" ".join([query.name, *given]))
        title, description = getattr(query.title, language), getattr(query.description, language)
        say(t("terminal.query", title=title, description=description))


def write_answer(
    answer: Answer, format_: str, output: Path | None, headings: Mapping[str, str], language: Language = "en"
) -> None:
    """Write a query's answer as table, csv, json or turtle; raise FormatError where its kind has no such form."""
    from graph.results import show, to_sparql_json, to_turtle, write_csv  # noqa: PLC0415
    from graph.store import Rows  # noqa: PLC0415

    t = Texts(language)
    writers: dict[str, Callable[[TextIO], Any]] = {"csv": lambda file: write_csv(answer, file)}
    if isinstance(answer, bool):
        writers["table"] = lambda file: file.write(f"{t('terminal.answer_yes' if answer else 'terminal.answer_no')}\n")
        writers["json"] = lambda file: write_json(to_sparql_json(answer), file)
    elif isinstance(answer, Rows):
        writers["table"] = lambda file: _write_rows(answer, headings, file, t)
        writers["json"] = lambda file: write_json(to_sparql_json(answer), file)
    else:
        heads = [t("terminal.subject"), t("terminal.predicate"), t("terminal.object")]
        cells = ([show(node) for node in triple] for triple in answer)
        writers["table"] = lambda file: write_table(heads, list(cells), file)
        writers["turtle"] = lambda file: file.write(to_turtle(answer))
    write = writers.get(format_)
    if write is None:
        raise FormatError(f"this answer can't be written as {format_}; it can as {', '.join(sorted(writers))}")
    with open_output(output, for_spreadsheets=format_ == "csv") as file:
        write(file)


def _write_rows(answer: Rows, headings: Mapping[str, str], file: TextIO, t: Texts) -> None:
    """Write rows for people: of a named query, whose columns have headings, the columns that only hold the IRIs of
    things are left out, and said to be."""
    from graph.results import show  # noqa: PLC0415

    def told(node: Any) -> str:
        return _labelled(str(node)) or show(node) if t.language == "zh" else show(node)

    heads = [headings.get(variable, variable) for variable in answer.variables]
    kept = [number for number in range(len(heads)) if not headings or not _only_things(answer, number)] or [
        *range(len(heads))
    ]
    write_table([heads[n] for n in kept], [[told(row[n]) for n in kept] for row in answer.rows], file)
    if len(kept) < len(heads):
        left_out = t("app.and").join(head for number, head in enumerate(heads) if number not in kept)
        complain(t("terminal.columns_left_out", names=left_out))


def _labelled(iri: str) -> str | None:
    """What a concept's IRI is called in Chinese; None for anything else."""
    from ontology.concepts import concept_schemes  # noqa: PLC0415
    from ontology.namespaces import CONCEPT  # noqa: PLC0415

    scheme, _, notation = iri.removeprefix(CONCEPT).partition("/")
    if not iri.startswith(CONCEPT) or scheme not in concept_schemes():
        return None
    known = concept_schemes()[scheme].concepts.get(notation)
    return None if known is None else known.label.zh


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


def say_verified(verified: Verified, language: Language) -> bool:
    """Say on standard error what was read of a store, and whether it is as it was written; return whether all is."""
    t = Texts(language)
    sound = not verified.damaged
    result = "n_checked" if verified.checksums and sound else "n_unchecked" if sound else "n_read"
    complain(t(f"terminal.{result}", n=verified.files, bytes=f"{verified.bytes:,}"))
    for sha256 in verified.damaged:
        complain(t("terminal.damaged_original", file=f"documents/{sha256}"))
    return sound


def say_status(status: Status, language: Language, *, documents: bool) -> None:
    """Print a status, and what it asks for."""
    from pipeline import EXTRACTOR_VERSION  # noqa: PLC0415 - what a terminal tells of a query needs no pipeline

    t, told = Texts(language), status_json(status, documents=documents)
    listed, counts = told.pop("documents", []), told.pop("counts")
    named = {t(f"terminal.status_{key}"): value for key, value in told.items() if value is not None}
    named |= {t(f"terminal.class_{name}"): value for name, value in counts.items()}
    write_table(["", ""], [[name, _plain(value, t)] for name, value in named.items()], sys.stdout)
    if listed:
        rows = [[entry["sha256"][:12], entry["file"], entry["extractor_version"] or ""] for entry in listed]
        say()
        heads = [t("terminal.head_sha256"), t("terminal.head_file"), t("terminal.head_extractor")]
        write_table(heads, rows, sys.stdout)
    others = [d.extractor_version or "?" for d in status.documents if d.extractor_version != EXTRACTOR_VERSION]
    if others:
        versions = t("app.and").join(sorted(set(others)))
        say(_number(t, len(others), "old", versions=versions, own=EXTRACTOR_VERSION))
    if status.unpublished and status.writer is None:
        say(t("terminal.unpublished"))


def _plain(value: Any, t: Texts) -> str:
    if isinstance(value, bool):
        return t("terminal.answer_yes" if value else "terminal.answer_no")
    return f"{value:,}" if isinstance(value, int) else str(value)
