"""What people decide: read strictly, applied over re-ingests, visible beside what is printed, undone by a later line."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from printed import CITY, ask, document, form
from shared import ROOT

import deciding
import pikg
import pipeline
from extract.corrections import correct_disclosure
from graph.load import open_batch
from graph.shapes import find_violations
from graph.workspace import Workspace
from ontology.contract import to_json
from ontology.decisions import CellCorrection, DecisionError, Undoing, read_decisions, to_line
from ontology.records import BudgetLine, Disclosure, Funding, Named, Place, PrintedCell, Project
from ui import evidence
from ui.i18n import Texts
from ui.project_data import read_project
from ui.store import open_answers

WHO = {"who": "审核员", "when": "2025-03-31T09:30:00+08:00", "why": "扫描件读错"}
FILE = "dazhou-service-bureau-2024-budget.pdf"
EXAMPLE = ROOT / "examples" / FILE


def run(*arguments: object) -> int:
    return pikg.run([str(argument) for argument in arguments])


def correction(disclosure: Disclosure, field: str, old: str, new: str, place: Place) -> CellCorrection:
    return CellCorrection(
        document=disclosure.document.sha256, field=field, old=old, new=new, page=place.page, sheet=place.sheet,
        table=place.table, row=place.row, column=place.column, **WHO,
    )  # fmt: skip


def rewritten(project: Project, index: int, **changes: object) -> Project:
    rows = list(project.indicators)
    rows[index] = replace(rows[index], **changes)  # type: ignore[arg-type]
    return replace(project, indicators=tuple(rows))


# --- the lines ----------------------------------------------------------------------------------------------------
def line(**said: object) -> str:
    return json.dumps({"kind": "indicator", "name": "群众满意率", "notation": "群众|satisfaction", **WHO} | said)


def test_a_line_reads_back_as_it_was_written() -> None:
    (decision,) = read_decisions(line()).lines
    again = read_decisions(to_line(decision))
    assert again.lines == (decision,)
    assert json.loads(to_line(decision))["id"] == decision.id


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{", "line 1: is not JSON"),
        (line(kind="guess"), "kind must be one of cell, identity, indicator, undo"),
        (line(why=" "), "why must be a text"),
        (line(when="31.3.2025"), "when must be a time"),
        (line(when="2025-03-31T09:30:00"), "time zone"),
        (line(colour="red"), "has no 'colour'"),
        (line(id="0123456789ab"), "a line is never changed"),
        ("\n" + line() + '\n{"kind": "undo", "who": "a", "when": "2025-01-01T00:00Z", "why": "b"}', "line 3"),
        (
            '{"kind": "undo", "undoes": "abc", "who": "a", "when": "2025-01-01T00:00Z", "why": "b"}',
            "which no line before it decides",
        ),
        (line(name=3), "name must be a text"),
    ],
)
def test_a_line_that_is_not_sound_is_named(text: str, says: str) -> None:
    with pytest.raises(DecisionError, match=says):
        read_decisions(text)


def test_the_later_of_two_lines_holds_until_it_is_undone() -> None:
    first, second = read_decisions(line() + "\n" + line(notation="受众|satisfaction", why="另议")).lines
    both = read_decisions(to_line(first) + to_line(second))
    assert both.groupings == {"群众满意率": "受众|satisfaction"}
    assert both.replaced == {first.id: second.id}
    undone = read_decisions(to_line(first) + to_line(second) + to_line(Undoing(undoes=second.id, **WHO)))
    assert undone.groupings == {"群众满意率": "群众|satisfaction"}


# --- what a correction changes in the record ----------------------------------------------------------------------
PLACE = Place(page=3, table=1, row=2, column=4)


def test_a_target_is_read_anew_and_its_cell_keeps_what_is_printed() -> None:
    disclosure = document("a.pdf", form("热线经费", rows=("群众满意度",)))
    corrected = correct_disclosure(disclosure, [correction(disclosure, "target", "≥90", "≥98.5%", PLACE)])
    row = corrected.disclosure.projects[0].indicators[0]
    assert row.target is not None
    assert (row.target.raw, row.target.value, row.target.unit) == ("≥98.5%", Decimal("98.5"), "%")
    assert row.cells["target"].text == "≥90"
    assert row.measure == "satisfaction"  # what follows from the row follows from the corrected one


def test_a_target_whose_sign_and_unit_have_cells_of_their_own() -> None:
    sign, unit = replace(PLACE, column=3), replace(PLACE, column=5)
    cells = {"operator": PrintedCell(sign, "≥"), "target": PrintedCell(PLACE, "9"), "unit": PrintedCell(unit, "仵")}
    disclosure = document("a.pdf", rewritten(form("热线经费", rows=("受理工单数",)), 0, cells=cells))
    made = [correction(disclosure, "target", "9", "95", PLACE), correction(disclosure, "unit", "仵", "件", unit)]
    target = correct_disclosure(disclosure, made).disclosure.projects[0].indicators[0].target
    assert target is not None
    assert (target.raw, target.operator, target.value, target.unit) == ("≥95件", "ge", 95, "件")


def test_a_merged_cell_is_corrected_for_every_row_that_shares_it() -> None:
    shared = {"tier1": PrintedCell(PLACE, "产品指标"), "tier2": PrintedCell(PLACE, "效量指标")}
    rows = form("热线经费", rows=("甲数量", "乙数量"))
    disclosure = document("a.pdf", replace(rows, indicators=tuple(replace(r, cells=shared) for r in rows.indicators)))
    corrected = correct_disclosure(disclosure, [correction(disclosure, "tier2", "效量指标", "数量指标", PLACE)])
    assert [row.tier2_concept for row in corrected.disclosure.projects[0].indicators] == ["quantity", "quantity"]


def test_amounts_of_forms_and_of_tables() -> None:
    cell = PrintedCell(PLACE, "1200")
    money = Funding("budget", "total", Decimal("12000000"), "1200", "万元", cells={"amount": cell})
    budget = BudgetLine("summary", "合计", "金额", Decimal("12000000"), "1200", "万元", cell=cell)
    disclosure = document("a.pdf", replace(form("热线经费"), funding=(money,)), lines=[budget])
    read = correct_disclosure(disclosure, [correction(disclosure, "amount", "1200", "12.00", PLACE)]).disclosure
    assert read.projects[0].funding[0].amount == read.budget_lines[0].amount == 120000
    assert read.budget_lines[0].raw == "12.00"
    with pytest.raises(DecisionError, match="no amount"):
        correct_disclosure(disclosure, [correction(disclosure, "amount", "1200", "若干", PLACE)])


@pytest.mark.parametrize("place", [PLACE, replace(PLACE, row=9)])
def test_what_no_longer_fits_is_stale_and_changes_nothing(place: Place) -> None:
    disclosure = document("a.pdf", form("热线经费", rows=("群众满意度",)))
    made = correction(disclosure, "target", "≥80" if place == PLACE else "≥90", "≥98", place)
    outcome = correct_disclosure(disclosure, [made])
    assert outcome.disclosure == disclosure
    assert (outcome.applied, outcome.stale) == ((), (made,))


# --- through the command line -------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def read_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("decisions") / "store"
    assert pipeline.ingest([EXAMPLE], folder).ok
    return folder


@pytest.fixture
def store(read_once: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    folder = tmp_path / "store"
    shutil.copytree(read_once, folder)
    monkeypatch.setenv("PIKG_STORE", str(folder))
    monkeypatch.setenv("PIKG_WHO", "审核员")
    yield folder


TARGET = """SELECT ?said ?number ?printed ?who ?why WHERE {
  ?row rdfs:label "办公设备维修次数" ; pikg:target ?target .
  ?target pikg:originalText ?said ; pikg:value ?number ; pikg:printedIn ?cell .
  ?cell pikg:field "target" ; pikg:originalText ?printed .
  OPTIONAL { ?cell pikg:correctedBy ?decision . ?decision pikg:why ?why ; prov:wasAssociatedWith/rdfs:label ?who }
}"""


def targets(folder: Path) -> list[tuple[str, ...]]:
    with Workspace.open(folder).read() as reading:
        return ask(reading, TARGET)


def exported(folder: Path) -> str:
    with pipeline.open_store(folder) as opened:
        path = folder.parent / "graph.nq"
        opened.export("nquads", path)
        return path.read_text("utf-8")


def made_id(capsys: pytest.CaptureFixture[str]) -> str:
    return capsys.readouterr().out.partition(":")[0]


def test_a_cell_is_corrected_and_what_is_printed_stays(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = exported(store)
    assert targets(store) == [("≥5次", "5", "5", "", "")]
    told = ("--field", "target", "--name", "办公设备维修次数", "--new", "50", "--why", "漏读一位")
    assert run("correct", "cell", FILE, *told) == 0
    decision = made_id(capsys)
    after = [("≥50次", "50", "5", "审核员", "漏读一位")]
    assert targets(store) == after

    # applied over a re-ingest, from the original or from what is kept of its reading
    assert run("ingest", EXAMPLE) == 0
    assert targets(store) == after
    with open_batch(Workspace.open(store)) as batch:
        deciding.load_corrected(batch, pipeline.read_file(EXAMPLE).disclosure)
    assert targets(store) == after

    assert run("correct", "undo", decision, "--why", "原件就是 5") == 0
    assert targets(store) == [("≥5次", "5", "5", "", "")]
    kept = {row for row in exported(store).splitlines() if not row.rstrip(" .").endswith("/decisions>")}
    assert kept == set(before.splitlines())
    assert run("correct", "undo", decision, "--why", "again") == 1
    capsys.readouterr()
    assert run("correct", "list") == 0
    assert "nothing has been decided" in capsys.readouterr().out
    assert run("correct", "list", "--all", "--format", "json") == 0
    listed = json.loads(capsys.readouterr().out)
    assert [(one["kind"], one["standing"]) for one in listed] == [("cell", "undone"), ("undo", "applied")]


def test_the_same_files_and_decisions_give_the_same_graph(store: Path, tmp_path: Path) -> None:
    assert (
        run("correct", "cell", FILE, "--field", "target", "--name", "设备维修及时率", "--new", "99", "--why", "误读")
        == 0
    )
    other = tmp_path / "other"
    Workspace.open(other, create=True)
    shutil.copy(store / "decisions.jsonl", other / "decisions.jsonl")
    assert pipeline.ingest([EXAMPLE], other).files[0].corrected == 1
    assert exported(store) == exported(other)
    shutil.rmtree(store / "readings")  # derived: the original says it again
    assert (
        run("correct", "cell", FILE, "--field", "target", "--name", "办公设备维修次数", "--new", "6", "--why", "误读")
        == 0
    )
    assert targets(store)[0][:3] == ("≥6次", "6", "5")


@pytest.mark.parametrize(
    ("arguments", "status", "says"),
    [
        (("cell", FILE, "--field", "target", "--new", "5", "--name", "办公设备维修次数"), 1, "nothing to correct"),
        (("cell", FILE, "--field", "target", "--new", "6", "--name", "没有的指标"), 1, "no such cell"),
        (("cell", FILE, "--field", "target", "--new", "6"), 2, "say more of the one"),
        (("cell", FILE, "--field", "weight", "--new", "很多", "--name", "办公设备维修次数"), 1, "is no number"),
        (("cell", FILE, "--field", "targets", "--new", "6"), 1, "its cells are of: amount, "),
        (("cell", "missing.pdf", "--field", "target", "--new", "6"), 1, "there is no document"),
        (("identity", "0000", "confirm"), 1, "there is no proposed identity"),
        (("indicator", "没有的指标", "群众满意度"), 1, "no indicator in the store has the name"),
        (("undo", "0000"), 1, "there is no decision"),
    ],
)
def test_what_can_not_be_decided_is_told_and_leaves_no_line(
    store: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], status: int, says: str
) -> None:
    assert run("correct", *arguments, "--why", "试") == status
    assert says in capsys.readouterr().err
    assert (store / "decisions.jsonl").read_text("utf-8") == ""


def test_a_reason_must_be_given(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("correct", "undo", "0000") == 2
    assert "--why" in capsys.readouterr().err


def test_a_damaged_file_stops_writers_with_a_sentence_and_no_reader(
    store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (store / "decisions.jsonl").write_text('{"kind": "cell"}\n', "utf-8")
    assert run("ingest", EXAMPLE) == 1
    assert "decisions.jsonl, line 1: a decision of the kind cell must have 'who'" in capsys.readouterr().err
    assert run("query", "overview") == 0


# --- over documents that change -----------------------------------------------------------------------------------
def reload(workspace: Workspace, *documents: Disclosure) -> None:
    with open_batch(workspace) as batch:
        for one in documents:
            deciding.load_corrected(batch, one)


def standings(workspace: Workspace) -> list[str]:
    return [one.standing for one in pipeline.Store(workspace).decisions()]


@pytest.fixture
def two_units(tmp_path: Path) -> Workspace:
    workspace = Workspace.open(tmp_path / "store", create=True)
    reload(
        workspace,
        document("a.pdf", form("热线运行经费", rows=("群众满意度",)), publisher="达州市政务服务管理局本级"),
        document("b.pdf", form("热线运行经费", rows=("群众满意率", "群众满意度"), year=2023), year=2023),
    )
    return workspace


def append(workspace: Workspace, text: str) -> None:
    with (workspace.folder / "decisions.jsonl").open("a", encoding="utf-8") as file:
        file.write(text)


def test_a_correction_whose_cell_reads_otherwise_now_is_stale(tmp_path: Path) -> None:
    workspace = Workspace.open(tmp_path / "store", create=True)
    was = document("a.pdf", form("热线经费", rows=("群众满意度",)))
    append(workspace, to_line(correction(was, "target", "≥90", "≥98", PLACE)))
    reload(workspace)
    assert standings(workspace) == ["absent"]
    with open_batch(workspace) as batch:
        batch.load(was)  # as a run does that is killed before it applies what was decided
    assert standings(workspace) == ["pending"]
    reload(workspace, was)
    assert standings(workspace) == ["applied"]
    better = replace(form("热线经费", rows=("群众满意度",)))
    now = rewritten(better, 0, cells={"target": PrintedCell(PLACE, "≥9O")})
    reload(workspace, document("a.pdf", now))
    assert standings(workspace) == ["stale"]
    with workspace.read() as reading:
        assert ask(reading, "SELECT ?n WHERE { ?t a pikg:Value ; pikg:value ?n }") == [("90",)]
        assert ask(reading, "SELECT ?c WHERE { ?c pikg:correctedBy ?d }") == []


def test_an_identity_is_confirmed_refused_and_open_again(two_units: Workspace) -> None:
    def proposals() -> dict[str, tuple[str, str]]:
        with two_units.read() as reading:
            rows = ask(
                reading,
                """SELECT ?p ?relation ?status WHERE { ?p a pikg:ProposedIdentity ; pikg:relation ?relation ;
                   pikg:status ?status }""",
            )
        return {r[0].rpartition("/")[2]: (r[1].rpartition("/")[2], r[2].rpartition("/")[2]) for r in rows}

    def links() -> list[tuple[str, ...]]:
        with two_units.read() as reading:
            return ask(reading, "SELECT ?a ?b WHERE { ?a pikg:confirmedPartOf ?b }")

    store = pipeline.Store(two_units)
    part = next(key for key, (relation, _) in proposals().items() if relation == "part_of")
    confirmed = store.judge_identity(part[:6], "confirmed", who="审核员", why="同一机构")
    assert proposals()[part] == ("part_of", "confirmed")
    assert len(links()) == 1
    assert confirmed.names == ("达州市政务服务管理局本级", "达州市政务服务管理局")
    projects = {key for key, (relation, _) in proposals().items() if relation == "same"}
    assert projects
    store.judge_identity(part, "refused", who="审核员", why="两个机构")
    after = proposals()
    assert after[part] == ("part_of", "refused")
    assert links() == []
    assert not projects & after.keys()  # their projects are no longer compared for their sake
    assert standings(two_units) == ["replaced", "applied"]
    for one in store.decisions():
        if one.standing == "applied":
            store.undo_decision(one.decision.id, who="审核员", why="待查")
    assert proposals()[part] == ("part_of", "confirmed")
    with two_units.read() as reading:
        assert find_violations(reading.triples(two_units.namespace.decisions_graph)) == []


def test_an_indicator_is_grouped_otherwise(two_units: Workspace) -> None:
    def group(name: str) -> list[tuple[str, ...]]:
        with two_units.read() as reading:
            return ask(
                reading,
                f"""SELECT DISTINCT ?notation ?rule WHERE {{
                  ?row rdfs:label "{name}" ; pikg:ofIndicator ?i . ?i pikg:canonical ?c . ?c skos:notation ?notation .
                  ?m pikg:member ?i ; pikg:memberOf ?c ; pikg:rule ?rule }}""",
            )

    store = pipeline.Store(two_units)
    before = group("群众满意度")
    made = store.group_indicator("群众满意率", "群众满意度", who="审核员", why="同一指标")
    assert group("群众满意率") == [(made.notation, "https://w3id.org/pikg/concept/grouping_rule/decision")]
    assert group("群众满意度") == before
    reload(two_units, document("c.pdf", form("别的经费", rows=("群众满意率",), year=2022), year=2022))
    assert group("群众满意率") == [(made.notation, "https://w3id.org/pikg/concept/grouping_rule/decision")]
    store.undo_decision(made.id, who="审核员", why="不同")
    assert group("群众满意率")[0][1] != "https://w3id.org/pikg/concept/grouping_rule/decision"


def test_a_correction_of_what_another_file_prints_too_is_told(tmp_path: Path) -> None:
    workspace = Workspace.open(tmp_path / "store", create=True)
    reload(workspace, document("a.pdf", form("热线经费")), document("a.txt", form("热线经费")))
    store = pipeline.Store(workspace)
    said = {"field": "target", "name": "群众满意度", "new": "≥99", "who": "审核员", "why": "误读"}
    # The rows of a made-up form share a place, so that one cell is all of them.
    assert store.counting_file(store.correct_cell("a.txt", **said)) == "a.pdf"
    assert store.counting_file(store.correct_cell("a.pdf", **said)) is None


def test_a_correction_doubles_nothing(tmp_path: Path) -> None:
    """A text beside its PDF, one name misread: the forms are known to be one by what they hold."""

    def printed(file: str, name: str) -> Disclosure:
        cell = PrintedCell(Place(page=4, table=1, row=1, column=2), "120000")
        one = replace(form(name, rows=("植物数量", "植物成活率")), funding=(Funding(
            "budget", "total", Decimal(120000), "120000", "元", cells={"amount": cell}),))  # fmt: skip
        return document(file, form("热线运行经费"), one)

    workspace = Workspace.open(tmp_path / "store", create=True)
    reload(workspace, printed("a.pdf", "大厅植物租赁费"), printed("a.txt", "大厅殖物租赁费"))
    counted = "SELECT (COUNT(?f) AS ?n) WHERE { ?f a pikg:Form MINUS { ?f pikg:supersededBy ?x } }"
    store = pipeline.Store(workspace)
    said = {"who": "审核员", "why": "核对原件"}
    store.correct_cell("a.pdf", field="amount", page=4, new="990000", **said)
    with workspace.read() as reading:
        assert ask(reading, counted) == [("2",)]
    store.correct_cell("a.pdf", field="target", old="≥90", new="≥7", **said)
    with workspace.read() as reading:
        assert ask(reading, counted) == [("2",)]


def test_removing_a_document_leaves_what_people_said(two_units: Workspace) -> None:
    store = pipeline.Store(two_units)
    made = store.correct_cell("b.pdf", field="target", name="群众满意率", new="≥99", who="审核员", why="误读")
    store.remove("b.pdf")
    assert standings(two_units) == ["absent"]
    assert not list((two_units.folder / "readings").glob(f"{made.document}*"))
    reload(two_units, document("b.pdf", form("热线运行经费", rows=("群众满意率", "群众满意度"), year=2023), year=2023))
    assert standings(two_units) == ["applied"]


def test_what_was_kept_of_a_reading_is_what_was_read(two_units: Workspace) -> None:
    one = document("d.pdf", form("甲经费"), region=CITY)
    with open_batch(two_units) as batch:
        deciding.load_corrected(batch, one)
        kept = deciding._read_kept(batch, one.document.sha256, None)
    assert to_json(kept) == to_json(one)
    assert kept.document.unit == Named("达州市政务服务管理局")


def test_the_app_tells_a_correction_beside_what_is_printed(store: Path) -> None:
    said = ("--field", "target", "--name", "办公设备维修次数", "--new", "50", "--why", "漏读一位")
    assert run("correct", "cell", FILE, *said) == 0
    answers = open_answers()
    (form_iri,) = {row["form"] for row in answers.rows("indicators") if str(row["tier3"]) == "办公设备维修次数"}
    project_iri = next(str(row["project"]) for row in answers.rows("indicators") if row["form"] == form_iri)
    project = read_project(answers, project_iri)
    form = next(one for one in project.forms if one.iri == str(form_iri))
    owner, cell = next((key[0], cell) for key, cell in project.cells.items() if cell.correction is not None)
    cited = evidence._Cited(project, form, owner, cell)
    assert cited.said == "≥5次"  # as it is printed, over its three cells
    told = "".join(str(one) for one in evidence._corrections(answers, cited, Texts("zh")))
    assert "“5”更正为“50”：漏读一位（审核员" in told
