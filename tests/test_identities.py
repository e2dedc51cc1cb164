"""Proposed identities, editions and renditions: what may be one is proposed with its reasons, what is printed twice
counts once, and what is two stays two."""

from __future__ import annotations

import copy
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from printed import PUBLISHER, ROWS, ask, document, form, stored
from shared import CORPUS, needs_shared

import pipeline
from graph.embedded import EmbeddedStore
from graph.load import open_batch
from graph.naming import differences, read_project_name, slip_of_the_pen
from graph.queries import run_named
from graph.shapes import find_violations
from graph.workspace import Workspace
from ontology.identities import parse_rules
from ontology.namespaces import Namespace
from ontology.records import BudgetLine, Named, Project
from ontology.vocabulary import DataError, read_data

PLACES = {"达州市", "达州", "达州市政务服务管理局"}
CODE = "51170022T000000312345"
HOTLINE = "达州市12345热线中心"


# --- names ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("mine", "theirs", "reasons"),
    [
        ("专项业务类-大厅窗口电话费", "大厅窗口电话费", ["house_prefix"]),
        ("专项业务类-大厅窗口电话费", "运转类－大厅窗口电话费", ["house_prefix"]),
        ("特定目标类：聘用人员经费", "聘用人员经费", ["house_prefix"]),
        ("达州市12345热线运行经费", "12345热线运行经费", ["place"]),
        ("2023年大厅设备维修", "2024年大厅设备维修", ["year"]),
        ("政务大厅物业服务经费", "政务大厅物业服务项目", ["ending"]),
        ("“一网通办”工作经费", "一网通办工作经费", ["punctuation"]),
        ("平台的运行维护费", "平台运行维护费", ["punctuation"]),
        ("大厅植物租赁费用", "大厅植物租凭费用", ["character"]),
        ("四川省一体化平台培训", "四川省一体化平培训", ["character"]),
        ("四川省一体化平台培训", "四川省一休化平合培训", None),
        ("人员绩能培训", "人员能绩培训", ["character"]),
        ("大厅植物租赁费", "大厅植物租赁费", ["same_name"]),
        # what tells two projects apart
        ("老旧小区改造一期工程", "老旧小区改造二期工程", None),
        ("城东片区改造工程", "城西片区改造工程", None),
        ("政务服务中心3号楼维修", "政务服务中心5号楼维修", None),
        ("A区办公设备更新项目", "B区办公设备更新项目", None),
        ("大厅窗口用水", "大厅窗口用电", None),
        ("电费", "话费", None),
        ("邮政快递费", "短信服务费", None),
    ],
)
def test_how_two_names_differ(mine: str, theirs: str, reasons: list[str] | None) -> None:
    found = differences(read_project_name(mine, PLACES), read_project_name(theirs, PLACES), 6)
    assert (None if found is None else [one.reason for one in found]) == reasons


@pytest.mark.parametrize(
    ("mine", "theirs", "slip"),
    [("abc", "abd", ("c", "d")), ("abc", "ab", ("c", "")), ("abcd", "acbd", ("bc", "cb")), ("abc", "abc", None),
     ("abcd", "abef", None), ("", "a", ("", "a"))],
)  # fmt: skip
def test_a_slip_of_the_pen(mine: str, theirs: str, slip: tuple[str, str] | None) -> None:
    assert slip_of_the_pen(mine, theirs) == slip


# --- proposals --------------------------------------------------------------------------------------------------------
def proposals(store: EmbeddedStore, kind: str) -> list[tuple[str, str, str, set[str]]]:
    """Relation, both names and the reasons of each proposal about things of a class."""
    rows = ask(
        store,
        f"""SELECT ?relation ?one ?other (GROUP_CONCAT(STR(?why); SEPARATOR=" ") AS ?reasons) WHERE {{
             ?p a pikg:ProposedIdentity ; pikg:relation ?relation ; pikg:thing ?mine ; pikg:otherThing ?theirs ;
               pikg:reason ?why . ?mine a pikg:{kind} ; rdfs:label ?one . ?theirs rdfs:label ?other }}
           GROUP BY ?p ?relation ?one ?other ORDER BY ?one ?other""",
    )
    return [
        (relation.rpartition("/")[2], one, other, {reason.rpartition("/")[2] for reason in reasons.split()})
        for relation, one, other, reasons in rows
    ]


@pytest.mark.parametrize(
    ("earlier", "later", "reasons"),
    [
        (form("专项业务类-大厅窗口电话费"), form("大厅窗口电话费"), {"house_prefix"}),
        (form("大厅植物租赁费用"), form("大厅植物租凭费用"), {"character"}),
        (form("聘用人员经费", code=CODE), form("聘用人员经费"), {"same_name", "code_in_one"}),
        (form("聘用人员经费", code="A1"), form("聘用人员经费", code="B2"), {"same_name", "other_code"}),
        (form("聘用人员经费"), form("聘用人员经费", unit=HOTLINE), {"same_name", "unit_in_one"}),
        (form("聘用人员经费", code="无"), form("聘用人员经费", unit=HOTLINE), {"same_name", "unit_in_one"}),
        (
            form("聘用人员经费", code=CODE, unit=HOTLINE),
            form("热线服务外包", code=CODE),
            {"same_code", "unit_in_one", "other_name"},
        ),
        (form("邮政快递费"), form("短信服务费"), None),
        (form("老旧小区改造一期"), form("老旧小区改造二期"), None),
        (form("聘用人员经费", unit=HOTLINE), form("聘用人员经费", unit="达州市大数据中心"), None),
        (form("达州市政务服务管理局", scope="department"), form("达州市政务服务管理局的培训"), None),
    ],
)
def test_projects_of_one_publisher_over_the_years(
    earlier: Project, later: Project, reasons: set[str] | None, tmp_path: Path
) -> None:
    """A target form of one year and a self-evaluation of the next."""
    before = document("2023.pdf", replace(earlier, fiscal_year=2023), year=2023)
    after = document("2024.pdf", replace(later, form="self_evaluation"), kind="final_accounts")
    store = stored(tmp_path / "store", before, after)
    assert len(ask(store, "SELECT ?x WHERE { ?x a pikg:Project }")) == 2
    found = proposals(store, "Project")
    assert [(relation, why) for relation, _, _, why in found] == ([("same", reasons)] if reasons else [])
    assert {one for pair in found for one in pair[1:3]} <= {earlier.name, later.name}


def test_the_likelihood_is_what_the_reasons_leave(tmp_path: Path) -> None:
    before = document("a.pdf", form("专项业务类-大厅窗口电话费", year=2023), year=2023)
    store = stored(tmp_path / "store", before, document("b.pdf", form("大厅窗口电话", code=CODE)))
    rows = ask(store, "SELECT ?score ?said ?status WHERE { ?p pikg:likelihood ?score ; pikg:evidence ?said ; "
                      'pikg:status ?status FILTER(LANG(?said) = "zh") }')  # fmt: skip
    (score, said, status) = rows[0]
    # a house prefix leaves 0.95, an ending 0.85, a code in one place only 0.95
    assert (len(rows), score, status.rpartition("/")[2]) == (1, "0.77", "proposed")
    differ = {"项目类别前缀不同": "专项业务类-", "词尾不同": "费", "仅一处印有代码": CODE}
    for label, printed in differ.items():  # which of the two comes first is up to their IRIs
        assert f"{label}（{printed} ｜ 无）" in said or f"{label}（无 ｜ {printed}）" in said


def test_what_one_document_prints_side_by_side_is_two_projects(tmp_path: Path) -> None:
    store = stored(tmp_path / "store", document("a.pdf", form("专项业务类-大厅电话费"), form("大厅电话费", amount="3")))
    assert proposals(store, "Project") == []


def test_the_same_name_elsewhere_is_another_project(tmp_path: Path) -> None:
    elsewhere = document(
        "b.pdf", form("大厅窗口电话费"), publisher="巴中市政务服务管理局", region=Named("巴中市", "511900")
    )
    store = stored(tmp_path / "store", document("a.pdf", form("专项业务类-大厅窗口电话费")), elsewhere)
    assert proposals(store, "Project") == proposals(store, "Unit") == []


def test_what_the_department_and_the_unit_publish(tmp_path: Path) -> None:
    """A department's budget has the target form, the unit's own accounts the self-evaluation a year later."""
    budget = document("a.pdf", form("热线外包服务", unit=HOTLINE))
    accounts = document("b.pdf", form("热线外包服务", kind="self_evaluation"), publisher=HOTLINE, kind="final_accounts")
    found = proposals(stored(tmp_path / "store", budget, accounts), "Project")
    assert found == [("same", "热线外包服务", "热线外包服务", {"same_name", "other_publisher"})]


def test_a_name_that_many_projects_have_names_none(tmp_path: Path) -> None:
    schools = [form("日常公用经费", unit=f"达州市第{n}实验小学校") for n in range(20)]
    before = document("a.pdf", form("日常公用经费", year=2023), year=2023)
    assert proposals(stored(tmp_path / "store", before, document("b.pdf", *schools)), "Project") == []


@pytest.mark.parametrize(
    ("one", "other", "relation", "reasons"),
    [
        ("达州市政务服务管理局本级", PUBLISHER, "part_of", {"own_level"}),
        ("达州市政务服务管理局（机关）", PUBLISHER, "part_of", {"punctuation", "own_level"}),
        ("达州市行政审批局", PUBLISHER, "same", {"renamed"}),
        ("达州市政务服务管埋局", PUBLISHER, "same", {"character"}),
        ("四川省达州市政务服务管理局", PUBLISHER, "same", {"place"}),
        ("政务服务管理局", PUBLISHER, "same", {"place"}),
        ("达州市财政局", PUBLISHER, None, None),
        ("达州市第一中学校", "达州市第二中学校", None, None),
        ("达州市通川区政务服务管理局", PUBLISHER, None, None),
    ],
)
def test_units_of_a_region(
    one: str, other: str, relation: str | None, reasons: set[str] | None, tmp_path: Path
) -> None:
    """The one is named by the documents of the other."""
    store = stored(tmp_path / "store", document("a.pdf", form("培训费", department=one), publisher=other))
    found = proposals(store, "Unit")
    assert [(said, why) for said, _, _, why in found] == ([(relation, reasons)] if relation and reasons else [])
    if relation == "part_of":
        assert found[0][2] == other


def test_a_region_that_was_renamed(tmp_path: Path) -> None:
    old = document(
        "a.pdf", form("培训费", year=2012), publisher="达县农业局", region=Named("达县", "513021"), year=2012
    )
    new = document("b.pdf", form("培训费"), publisher="达川区农业局", region=Named("达川区", "511703"))
    store = stored(tmp_path / "store", old, new)
    assert proposals(store, "Unit") == [("same", "达县农业局", "达川区农业局", {"former_place"})]
    assert [why for *_, why in proposals(store, "Project")] == [{"same_name", "related_unit", "other_publisher"}]


def test_bodies_that_publish_for_one_year_are_not_one_renamed(tmp_path: Path) -> None:
    units = ("达州市行政审批局", PUBLISHER)
    same_year = [document(f"{n}.pdf", form("培训费"), publisher=name) for n, name in enumerate(units)]
    assert proposals(stored(tmp_path / "one", *same_year), "Unit") == []
    two_years = [same_year[0], document("b.pdf", form("培训费", year=2025), publisher=units[1], year=2025)]
    assert [why for *_, why in proposals(stored(tmp_path / "two", *two_years), "Unit")] == [{"renamed"}]


def test_different_names_with_the_same_code(tmp_path: Path) -> None:
    before = document(
        "a.pdf", form("培训费", year=2019), publisher="达州市政务中心管理办公室", code="127001", year=2019
    )
    store = stored(tmp_path / "store", before, document("b.pdf", form("培训费"), code="127001"))
    assert [why for *_, why in proposals(store, "Unit")] == [{"same_code"}]


def test_nothing_is_said_to_be_the_same_and_the_graph_conforms(tmp_path: Path) -> None:
    store = stored(
        tmp_path / "store",
        document("a.pdf", form("专项业务类-培训费用", year=2023, department="达州市政务服务管理局本级"), year=2023),
        document("b.pdf", form("培训费用")),
    )
    assert len(proposals(store, "Project")) == len(proposals(store, "Unit")) == 1
    assert ask(store, "SELECT ?x WHERE { ?x owl:sameAs ?y }") == []
    triples = {t for g in store.graphs() if not g.endswith("vocab") for t in store.triples(g)}
    assert [one for one in find_violations(triples) if one.severity == "error"] == []
    answer = run_named(store, "proposed-identities", least="0.94")
    assert [str(row["statement"]) for row in answer] == ["“专项业务类-培训费用”可能就是“培训费用”"]


def test_the_same_files_give_the_same_proposals_in_any_order(tmp_path: Path) -> None:
    documents = [
        document("a.pdf", form("专项业务类-大厅绿植租赁费用", year=2023), year=2023),
        document("b.pdf", form("大厅绿植租赁费用", code=CODE)),
        document("c.pdf", form("大厅绿植租凭费", year=2025), form("印刷费", year=2025), year=2025),
    ]
    graphs = [f"{Namespace().base}derived/{name}" for name in ("identities", "editions", "indicators")]
    stores = [stored(tmp_path / "one", *documents), stored(tmp_path / "two", *documents[::-1])]
    assert len(proposals(stores[0], "Project")) == 3
    for graph in graphs:
        assert set(stores[0].triples(graph)) == set(stores[1].triples(graph))


def test_a_proposal_goes_with_its_documents(tmp_path: Path) -> None:
    documents = [
        document("a.pdf", form("专项业务类-培训费用", year=2023), year=2023),
        document("b.pdf", form("培训费用")),
    ]
    stored(tmp_path / "store", *documents).close()
    workspace = Workspace.open(tmp_path / "store")
    with open_batch(workspace) as batch:
        batch.remove("a.pdf")
    store = workspace.read()
    assert proposals(store, "Project") == []
    assert not any(documents[0].document.sha256 in graph for graph in store.graphs())


# --- editions and renditions ------------------------------------------------------------------------------------------
def totals(store: EmbeddedStore) -> tuple[str, ...]:
    """What the overview counts: projects, forms, rows, money."""
    (row,) = run_named(store, "overview")
    return tuple(str(row[name]) for name in ("projects", "forms", "rows", "money"))


def test_a_text_beside_its_print_doubles_nothing(tmp_path: Path) -> None:
    """In the text, characters of two names and of an indicator are misread."""
    forms = [
        form("大厅窗口电话费", amount="37000"),
        form("互联网及电子政务外网租赁费", amount="180000", rows=("网络正常使用率", "群众满意度", "维修及时率")),
        form("消暑送清凉", amount="40000"),
    ]
    misread = [
        replace(forms[0], name="大厅窗囗电话费"),
        form("互联网及电子政务外网粗赁费", amount="180000", rows=("网络正常使用率", "群众满意度", "维修及吋率")),
        forms[2],
    ]
    printed, text = document("budget.pdf", *forms), document("budget.txt", *misread)
    alone, both = stored(tmp_path / "one", printed), stored(tmp_path / "two", printed, text)
    assert totals(both) == totals(alone) == ("3", "3", "9", "257000")
    assert ask(both, "SELECT ?a ?b WHERE { ?x pikg:renditionOf ?y . ?x schema:name ?a . ?y schema:name ?b }") == [
        ("budget.txt", "budget.pdf")
    ]
    assert {frozenset(why) for *_, why in proposals(both, "Project")} == {frozenset({"character", "same_print"})}


def test_a_name_misread_beyond_likeness_is_told_by_the_rest_of_the_file(tmp_path: Path) -> None:
    forms = [form(f"第{n}类窗口服务保障", amount=f"{n}000") for n in "123"]
    text = [*forms[:2], replace(forms[2], name="口口口口服务")]
    store = stored(tmp_path / "store", document("a.pdf", *forms), document("a.txt", *text))
    assert totals(store) == ("3", "3", "9", "6000")


def test_what_only_the_text_prints_counts_too(tmp_path: Path) -> None:
    """The form that the print's reader missed, and files that hold different forms of one disclosure."""
    printed = document("a.pdf", form("电话费", amount="1"))
    text = document("a.txt", form("电话费", amount="1"), form("印刷费", amount="2"))
    other = document("b.docx", form("植物租赁费", amount="4"))
    store = stored(tmp_path / "store", printed, text, other)
    assert totals(store)[3] == "7"
    assert ask(store, "SELECT ?x WHERE { ?x pikg:renditionOf ?y }") == []


@pytest.mark.parametrize(
    ("mine", "theirs"),
    [
        (form("老旧小区改造一期", amount="100"), form("老旧小区改造二期", amount="100")),
        (form("老旧小区改造工程款", amount="100"), form("老旧小区改造工程费", amount="200")),
        (
            form("窗口人员服务外包", amount="100"),
            form("窗口人员服务外包费", amount="100", rows=("大厅保洁面积", "设备完好率", "投诉处理率")),
        ),
        (form("电话费", amount="100"), form("印刷费", amount="100")),
    ],
)
def test_two_files_of_one_disclosure_may_hold_two_like_projects(mine: Project, theirs: Project, tmp_path: Path) -> None:
    store = stored(tmp_path / "store", document("a.pdf", mine), document("b.docx", theirs))
    assert totals(store)[:2] == ("2", "2")


def test_an_erratum_counts_before_what_it_corrects(tmp_path: Path) -> None:
    first = document("部门预算.pdf", form("电话费", amount="100"), form("印刷费", amount="10"))
    erratum = document("部门预算（更正）.docx", form("电话费", amount="90"))
    store = stored(tmp_path / "store", first, erratum)
    assert totals(store)[3] == "100"


def test_a_file_whose_publisher_was_not_read_is_a_rendition_all_the_same(tmp_path: Path) -> None:
    forms = (form("大厅窗口电话费", amount="37000"), form("印刷费", amount="40000"))
    store = stored(
        tmp_path / "store", document("a.pdf", *forms), document("a.txt", *forms, publisher=None, region=None)
    )
    assert totals(store) == ("2", "2", "6", "77000")
    elsewhere = form("大厅窗口电话费", amount="99", rows=("一", "二", "三"))
    store = stored(
        tmp_path / "two", document("a.pdf", *forms), document("b.txt", elsewhere, publisher=None, region=None)
    )
    assert totals(store)[0] == "3"


def line(name: str, amount: str, table: str = "summary") -> BudgetLine:
    return BudgetLine(table, name, "预算数", Decimal(amount), amount, "元", fiscal_year=2024)


def test_the_lines_of_a_table_count_once(tmp_path: Path) -> None:
    lines = [line("一般公共预算", "900"), line("基本支出", "500"), line("项目支出", "400")]
    misread = [*lines[:2], line("项目支岀", "4000")]
    store = stored(
        tmp_path / "store",
        document("a.pdf", lines=lines),
        document("a.txt", lines=[*misread, line("公务接待", "7", "three_public")]),
    )
    counted = "SELECT (SUM(?a) AS ?s) WHERE { ?l a pikg:BudgetLine ; pikg:amount ?a MINUS { ?l pikg:supersededBy ?n } }"
    assert ask(store, counted) == [("1807",)]


@needs_shared
def test_the_corpus_with_its_texts_counts_everything_once(tmp_path: Path) -> None:
    typeset = [path for path in sorted(CORPUS.iterdir()) if path.suffix in (".pdf", ".docx")]
    texts = sorted(CORPUS.glob("*.txt"))
    assert len(typeset) == len(texts) == 5
    counts = []
    for paths in (typeset, texts):
        assert pipeline.ingest(paths, tmp_path / "store").ok
        with Workspace.open(tmp_path / "store").read() as store:
            lines = ask(store, "SELECT (COUNT(?l) AS ?n) (SUM(?a) AS ?s) WHERE { ?l a pikg:BudgetLine ; pikg:amount ?a "
                               "MINUS { ?l pikg:supersededBy ?n } }")  # fmt: skip
            counts.append((totals(store), lines))
            documents = len(run_named(store, "documents"))
    assert counts[0] == counts[1]
    assert counts[0][0][1:3] == ("30", "249")
    assert documents == 10


# --- names under one IRI ----------------------------------------------------------------------------------------------
def test_names_that_one_code_brought_together_are_listed(tmp_path: Path) -> None:
    store = stored(
        tmp_path / "store",
        document("a.pdf", form("聘用人员经费", code=CODE, year=2023), form("印 刷费", year=2023), year=2023),
        document("b.pdf", form("窗口人员外包", code=CODE), form("印刷费")),
    )
    rows = run_named(store, "merged-names")
    assert [(str(row["name"]), str(row["from"])) for row in rows] == [
        ("窗口人员外包", "2024"),
        ("聘用人员经费", "2023"),
    ]


# --- the data ---------------------------------------------------------------------------------------------------------
def changed(change: Any) -> Any:
    data = copy.deepcopy(read_data("identities.yaml"))
    change(data)
    return data


@pytest.mark.parametrize(
    ("change", "entry"),
    [
        (lambda data: data.pop("reasons"), "the file"),
        (lambda data: data["reasons"].pop("place"), "reasons"),
        (lambda data: data["reasons"].update(hearsay={}), "reasons"),
        (lambda data: data["reasons"]["place"].update(keeps=1.5), "reasons.place.keeps"),
        (lambda data: data["reasons"]["place"].pop("en"), "reasons.place"),
        (lambda data: data["statuses"].pop("refused"), "statuses"),
        (lambda data: data["projects"]["endings"].append("经费"), "projects.endings"),
        (lambda data: data["projects"].update(least_code=0), "projects.least_code"),
        (lambda data: data["units"]["renamed"][0].append("水利局"), "units.renamed[17]"),
        (lambda data: data["units"].update(after_place="人民政府"), "units.after_place"),
        (lambda data: data["renditions"].update(first=[]), "renditions.first"),
        (lambda data: data["renditions"]["first"][0].append("txt"), "renditions.first"),
        (lambda data: data["renditions"]["first"].append([1]), "renditions.first.5"),
        (lambda data: data.update(telling="一一"), "telling"),
        (lambda data: data["renditions"].update(name="high"), "renditions.name"),
    ],
)
def test_data_that_is_not_sound_is_refused_by_entry(change: Any, entry: str) -> None:
    with pytest.raises(DataError, match=r"identities\.yaml") as caught:
        parse_rules(changed(change))
    assert caught.value.entry == entry


def test_words_are_added_in_the_data_file_alone() -> None:
    rules = parse_rules(changed(lambda data: data["units"]["renamed"].append(["粮食局", "粮食和物资储备局"])))
    assert rules.renamed["粮食局"] == rules.renamed["粮食和物资储备局"]
    rules = parse_rules(changed(lambda data: data["renditions"]["first"].insert(0, ["ofd"])))
    assert (rules.renditions.ranks["ofd"], rules.renditions.ranks["pdf"]) == (0, 1)
    assert ROWS  # the forms of these tests share their rows, so that names alone tell them apart
