"""`pikg correct`: what people decide about what was read. Each command is a thin call of a method of pipeline.Store."""

from __future__ import annotations

import getpass
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ui.options import Language, format_option, lang_option, open_store, store_option

if TYPE_CHECKING:
    from ontology.decisions import Decision
    from ui.i18n import Texts


def _name_of_user() -> str:
    return os.environ.get("PIKG_WHO") or getpass.getuser()


_who_option = click.option(
    "--who", default=_name_of_user, show_default="PIKG_WHO, else the login name", help="Who decides."
)
_why_option = click.option("--why", required=True, metavar="TEXT", help="Why; it stands beside the decision.")


def _texts(language: Language) -> Texts:
    from ui.i18n import Texts  # noqa: PLC0415 - `pikg --help` waits for nothing

    return Texts(language)


def _told(one: Decision, language: Language) -> str:
    """What was decided, in a line."""
    from ontology.decisions import CellCorrection, IdentityVerdict, IndicatorGrouping, Undoing  # noqa: PLC0415
    from ui.terminal import told_concept, told_place  # noqa: PLC0415

    t = _texts(language)
    if isinstance(one, CellCorrection):
        where = told_place(t, page=one.page, sheet=one.sheet, table=one.table, row=one.row)
        place = t("terminal.and").join(filter(None, (one.file or one.document[:12], where, one.field)))
        return t("terminal.decided_cell", place=place, old=one.old, new=one.new)
    if isinstance(one, IdentityVerdict):
        said = told_concept(t, "identity_status", one.verdict)
        return t(f"terminal.decided_{one.relation}", verdict=said, one=one.names[0], other=one.names[1])
    if isinstance(one, IndicatorGrouping):
        return t("terminal.decided_grouping", name=one.name, notation=one.notation)
    return t("terminal.decided_undo", id=one.undoes) if isinstance(one, Undoing) else one.id


@click.group("correct", short_help="Correct a misread cell, judge an identity, group an indicator.")
def correct() -> None:
    """Say what was misread, whether a proposed identity holds, or where an indicator belongs.

    Each decision is a line of the store's decisions.jsonl with who decided, when and why. It holds over re-ingests and
    can be undone; what is printed stays visible beside it.
    """


@correct.command("cell", short_help="Correct a misread cell.")
@click.argument("document")
@click.option("--field", required=True, help="What the cell holds: target, actual, tier3, weight, amount, name …")
@click.option("--new", required=True, metavar="TEXT", help="What stands there.")
@click.option("--old", metavar="TEXT", help="What was read there.")
@click.option("--name", metavar="TEXT", help="A part of the name beside it: of the indicator, form or budget line.")
@click.option("--page", type=click.IntRange(min=1), help="The page it stands on.")
@click.option("--table", type=click.IntRange(min=1), help="Its table, counted on the page or sheet.")
@click.option("--row", type=click.IntRange(min=1), help="Its row in the table.")
@click.option("--column", type=click.IntRange(min=1), help="Its column in the table.")
@click.option("--cell", metavar="IRI", help="The cell itself, as `pikg query figure-source` tells it.")
@_why_option
@_who_option
@store_option
@lang_option
def _cell(document: str, folder: Path, language: Language, **said: Any) -> None:
    """Correct a misread cell of DOCUMENT (its file name, its SHA-256 or the first eight digits of it).

    --old, --name and the place say which cell of the field is meant, as far as it takes; where several are left, they
    are listed. A merged cell is corrected for every row that shares it.

    \b
    pikg correct cell budget.pdf --field target --old '≥9%' --new '≥95%' --why 'the scan lost a digit'
    """
    with open_store(folder) as store:
        made = store.correct_cell(document, **said)
        counting = store.counting_file(made)
    t = _texts(language)
    click.echo(t("terminal.corrected", id=made.id, file=made.file, field=made.field, old=made.old, new=made.new))
    if counting is not None:
        click.echo(t("terminal.also_correct", file=counting), err=True)


@correct.command("identity", short_help="Confirm or refuse a proposed identity.")
@click.argument("proposal")
@click.argument("verdict", type=click.Choice(["confirm", "refuse"]))
@_why_option
@_who_option
@store_option
@lang_option
def _identity(proposal: str, verdict: str, folder: Path, language: Language, **given: Any) -> None:
    """Confirm or refuse PROPOSAL (its IRI, its key or the first four digits of it and more), a proposed identity as
    `pikg query proposed-identities --format csv` lists them."""
    from ui.terminal import told_concept  # noqa: PLC0415

    with open_store(folder) as store:
        made = store.judge_identity(proposal, "confirmed" if verdict == "confirm" else "refused", **given)
    t, (one, other) = _texts(language), made.names
    said = told_concept(t, "identity_status", made.verdict)
    click.echo(t(f"terminal.judged_{made.relation}", id=made.id, verdict=said, one=one, other=other))


@correct.command("indicator", short_help="Say which canonical indicator a name belongs to.")
@click.argument("name")
@click.argument("canonical")
@_why_option
@_who_option
@store_option
@lang_option
def _indicator(name: str, canonical: str, folder: Path, language: Language, **given: Any) -> None:
    """Have all indicators printed as NAME belong to CANONICAL: a canonical indicator by its label, its notation, its IRI
    or the name of one of its members."""
    with open_store(folder) as store:
        made = store.group_indicator(name, canonical, **given)
    click.echo(_texts(language)("terminal.grouped", id=made.id, name=made.name, notation=made.notation))


@correct.command("undo", short_help="Undo a decision.")
@click.argument("decision")
@_why_option
@_who_option
@store_option
@lang_option
def _undo(decision: str, folder: Path, language: Language, **given: Any) -> None:
    """Undo DECISION (its id, or the first four digits of it and more). Its line stays; another one undoes it."""
    with open_store(folder) as store:
        made = store.undo_decision(decision, **given)
    click.echo(_texts(language)("terminal.undone", id=made.id, undoes=made.undoes))


@correct.command("list", short_help="List the decisions and how they stand.")
@format_option("table", "json")
@click.option("--all", "all_", is_flag=True, help="Also those that were undone or replaced.")
@store_option
@lang_option
def _list(format_: str, all_: bool, folder: Path, language: Language) -> int:
    """List what was decided and how it stands: applied; stale, where the document reads otherwise now; absent, where
    the store no longer has what it is about. Exit status 1 where a decision is stale."""
    from ui import terminal  # noqa: PLC0415

    t = _texts(language)
    with open_store(folder) as store:
        decided = store.decisions()
    shown = [
        one for one in decided if all_ or (one.standing not in ("undone", "replaced") and one.decision.kind != "undo")
    ]
    if format_ == "json":
        terminal.write_json([one.to_json() for one in shown], sys.stdout)
    elif shown:
        rows = [
            [
                one.decision.id, terminal.told_concept(t, "standing", one.standing), _told(one.decision, language),
                one.decision.who, one.decision.when[:10], one.decision.why,
            ]
            for one in shown
        ]  # fmt: skip
        heads = [t(f"terminal.head_{name}") for name in ("id", "standing", "decision", "who", "when", "why")]
        terminal.write_table(heads, rows, sys.stdout)
    else:
        terminal.say(t("terminal.nothing_decided"))
    return 1 if any(one.standing == "stale" for one in shown) else 0
