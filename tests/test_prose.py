"""What running text says: sentences of many wordings, described projects, and the figures of real disclosures.

A case is a folder: `source.txt` (its first line gives the year and the publisher) and `expected.txt`, a line a fact.
`PIKG_WRITE_EXPECTED=1` writes what came instead of comparing.
"""

from __future__ import annotations

import copy
import os
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import pytest
from corpus import BASE, P, store_of
from golden import DATA, cases
from shared import CORPUS, needs_shared

from extract.batch import read_disclosure
from extract.grid import Document, Grid, Paragraph
from extract.prose import Prose, read_prose
from graph.embedded import EmbeddedStore
from graph.queries import run_named
from graph.store import Rows
from ontology import keys
from ontology.facts import fact_rules, read_rules
from ontology.records import Box, Disclosure, DocumentInfo, Fact, Funding, Named, Place, Project
from ontology.vocabulary import DataError, read_data

CASES = cases("prose")
REAL = {
    "dazhou-2024-budget": "dazhou-2024-budget.pdf",
    "guiyang-2019-accounts": "guiyang-2019-accounts.docx",
    "guiyang-2021-budget": "guiyang-2021-budget.pdf",
    "guiyang-2025-budget": "guiyang-2025-budget.pdf",
    "guiyang12345-2024-accounts": "guiyang12345-2024-accounts.pdf",
    "putuo-commerce-2025-budget": "real/putuo-commerce-2025-budget.pdf",
    "putuo-socialwork-2024-accounts": "real/putuo-socialwork-2024-accounts.pdf",
}


def read(text: str, *, year: int | None = 2024, unit: str | None = "云溪县水务局") -> Prose:
    """What is read of lines of prose."""
    blocks = tuple(Paragraph(line, Place()) for line in text.strip().split("\n"))
    return read_prose(Document(blocks), info(year, unit))


def info(year: int | None = 2024, unit: str | None = "云溪县水务局") -> DocumentInfo:
    return DocumentInfo("x.pdf", "a" * 64, kind="budget", fiscal_year=year, unit=Named(unit) if unit else None)


def as_text(fact: Fact) -> str:
    """A fact in a line: kind, subject, figure as printed with its amount or value, and what else is said."""
    figure = fact.amount if fact.amount is not None else fact.value
    said = {
        "stage": fact.stage, "change": fact.change, "percent": fact.percent, "share": fact.share, "year": fact.fiscal_year,
        "against": fact.compared_with, "of": fact.part_of, "cause": fact.cause,
    }  # fmt: skip
    rest = [f"{name} {value}" for name, value in said.items() if value is not None]
    shown = f"{figure} ({fact.raw} {fact.unit or ''})".replace(" )", ")") if figure is not None else fact.text
    return " | ".join([fact.kind, fact.subject or "-", shown, *rest])


def told(prose: Prose) -> str:
    lines = [f"{number} {as_text(fact)}" for number, fact in enumerate(prose.facts, 1)]
    for project in prose.projects:
        money = [f"{entry.stage} {entry.source} {entry.amount} ({entry.raw} {entry.unit})" for entry in project.funding]
        unit = project.implementing_unit.name if project.implementing_unit else None
        lines.append(
            f"project {project.name} | {project.fiscal_year} | {unit} | {project.objective} | {'; '.join(money)}"
        )
        lines += [f"  {section.kind} | {section.label} | {section.text!r}" for section in project.sections]
    lines += [f"unread {sentence.text}" for sentence in prose.unread]
    return "\n".join([*lines, f"{prose.money_sentences} sentences with money", ""])


def compare(got: str, expected: Path) -> None:
    if os.environ.get("PIKG_WRITE_EXPECTED"):
        expected.write_text(got, "utf-8")
    assert got == expected.read_text("utf-8")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_case(case: Path) -> None:
    head, _, text = (case / "source.txt").read_text("utf-8").partition("\n")
    year, unit = head.split()
    compare(told(read(text, year=int(year), unit=unit)), case / "expected.txt")


def test_there_are_as_many_cases_as_ever() -> None:
    assert len(CASES) >= 14


# --- real disclosures: figures only, each reviewed against its page ---------------------------------------------------
def figures(facts: Sequence[Fact]) -> str:
    """The figures of facts without their sentences, a line a fact."""
    rows = [
        (fact.kind, fact.subject, fact.stage, fact.amount, fact.value, fact.unit, fact.change, fact.percent, fact.share,
         fact.fiscal_year, fact.compared_with, fact.part_of, fact.place.page if fact.place else None)
        for fact in facts
    ]  # fmt: skip
    return "".join("\t".join("" if cell is None else str(cell) for cell in row) + "\n" for row in rows)


@needs_shared
@pytest.mark.parametrize("name", REAL)
def test_figures_of_real_disclosures(name: str) -> None:
    disclosure = read_disclosure(CORPUS / REAL[name]).disclosure
    compare(figures(disclosure.facts), DATA / "prose-real" / f"{name}.tsv")


@needs_shared
def test_projects_that_a_real_disclosure_describes() -> None:
    reading = read_disclosure(CORPUS / REAL["putuo-commerce-2025-budget"])
    described = [project for project in reading.disclosure.projects if project.form == "description"]
    assert [(p.name, str(p.funding[0].amount), p.place.page if p.place else 0) for p in described] == [
        ("科技创新专项", "17200000.00", 23),
        ("生命健康专项（政策资金）", "11700000.00", 24),
        ("商业创新专项（政策资金）", "14100000.00", 25),
        ("贸易高质量发展专项（政策资金）", "29210000.00", 26),
    ]
    assert {section.kind for section in described[0].sections} == set(fact_rules().description.sections)
    assert reading.report.prose.unread == ()


@needs_shared
def test_no_project_is_described_where_none_is() -> None:
    for name in ("dazhou-2024-budget", "guiyang12345-2024-accounts", "putuo-socialwork-2024-accounts"):
        disclosure = read_disclosure(CORPUS / REAL[name]).disclosure
        assert all(project.form != "description" for project in disclosure.projects), name


# --- places -----------------------------------------------------------------------------------------------------------
def line(text: str, page: int, top: float, x0: float = 80, x1: float = 520) -> Paragraph:
    return Paragraph(text, Place(page=page, box=Box(x0, top, x1, top + 12)))


def test_a_sentence_over_a_page_break_is_one_and_its_figures_keep_their_pages() -> None:
    blocks = (
        line("五、政府采购情况", 6, 600, 105, 300),
        line("2024年政府采购预算100万元，其中：政府采购货物预算40万元、政府采购", 6, 700, 105),
        line("服务预算60万元。", 7, 90, 80, 200),
        line("2024年机关运行经费预算5万元。", 7, 110, 105, 400),
    )
    facts = read_prose(Document(blocks), info()).facts
    assert [(fact.kind, str(fact.amount), fact.place.page) for fact in facts if fact.place] == [
        ("procurement", "1000000", 6),
        ("procurement_goods", "400000", 6),
        ("procurement_services", "600000", 7),
        ("operating_cost", "50000", 7),
    ]
    assert facts[2].text == "2024年政府采购预算100万元，其中：政府采购货物预算40万元、政府采购服务预算60万元。"
    assert facts[0].place is not None and facts[0].place.paragraph == 2


def test_a_heading_at_the_end_of_a_page_does_not_run_into_the_next() -> None:
    blocks = (
        line("（二）公用经费支出情况", 6, 700, 80, 520),
        line("2024年公用经费预算5万元。", 7, 90, 80, 400),
    )
    (fact,) = read_prose(Document(blocks), info()).facts
    assert fact.text == "2024年公用经费预算5万元。"


def test_a_table_ends_a_paragraph() -> None:
    blocks = (
        Paragraph("2024年“三公”经费预算10万元，其中：公务接", Place()),
        Grid(1, 1, (), Place()),
        Paragraph("待费预算3万元。", Place()),
    )
    kinds = [fact.kind for fact in read_prose(Document(blocks), info()).facts]
    assert kinds == ["three_public"]


# --- what must never happen -------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "text",
    [
        "由2023年的80万元增加到100万元。",
        "公务接待费不超过3万元。",
        "压缩公务接待费2万元。",
        "单价50万元以上的设备另行说明。",
        "每人每年基本支出补助1200元。",
        "公务接待费3万元以内。",
        "基本支出约120万元。",
        "公务用车1辆以上，基本支出100余万元。",
        "截至2024年底，项目累计支出450万元。",
        "全市一般公共预算收入12.5亿元，同比增长8%。",
        "人员经费预算按照每人每年8万元核定。",
        "项目支出控制在100万元以内，节约成本5万元。",
        "项目总投资5,000万元，其中中央预算内投资3,000万元。",
    ],
)
def test_a_figure_whose_words_are_not_known_is_no_fact_and_is_reported(text: str) -> None:
    prose = read(text)
    assert prose.facts == ()
    assert len(prose.unread) == prose.money_sentences


def test_a_percentage_is_never_given_to_another_amount() -> None:
    facts = read("2024年收入预算100万元。与上年相比，某项新办业务增加5万元，增长6%。").facts
    assert [(fact.kind, fact.change, fact.percent) for fact in facts] == [("total_income", None, None)]


def test_what_the_same_words_say_of_two_years_stays_apart() -> None:
    facts = read(
        "2024年财政拨款收支总计90万元。2023年财政拨款收支总计100万元。与2023年相比，减少10万元，下降10%。"
    ).facts
    assert [(fact.fiscal_year, fact.change, fact.percent) for fact in facts] == [
        (2024, Decimal("-100000"), Decimal(-10)),
        (2023, None, None),
    ]


def test_signs_are_as_printed_even_where_they_contradict() -> None:
    (fact,) = read("2024年基本支出90万元，比2023年增加10万元，下降10%。").facts
    assert (fact.change, fact.percent) == (Decimal(100000), Decimal(-10))


def test_a_document_without_a_year_says_none() -> None:
    (fact,) = read("基本支出90万元，比上年增加10万元。", year=None, unit=None).facts
    assert (fact.fiscal_year, fact.compared_with, fact.change) == (None, None, Decimal(100000))


def test_an_endless_paragraph_is_reported_and_not_read() -> None:
    prose = read("2024年收入预算100万元，" * 2000)
    assert prose.facts == () and len(prose.unread) == 1


def test_a_description_ends_before_names_and_telephones() -> None:
    prose = read(
        """乡村驿站建设专项经费情况说明
一、项目概述
新建乡村驿站10处。
二、立项依据
《乡村驿站三年行动方案》。
三、年度预算安排
2024年度项目总预算900万元。
四、绩效目标
全年建成10处。
联系人：某某某 电话：000-0000000
单位：万元"""
    )
    (project,) = prose.projects
    assert project.objective == "全年建成10处。"
    assert "某某某" not in str(prose)


def test_headings_alone_without_a_title_describe_nothing() -> None:
    text = "一、项目概述\n新建乡村驿站10处。\n二、立项依据\n行动方案。\n三、实施主体\n某局"
    assert read(text).projects == ()


# --- in the graph -----------------------------------------------------------------------------------------------------
def disclosure_of(text: str, *more: Project) -> Disclosure:
    about = DocumentInfo(
        "x.pdf", "b" * 64, kind="budget", fiscal_year=2024, unit=Named("贵阳市水务局"), region=Named("贵阳市", "520100")
    )
    prose = read_prose(Document(tuple(Paragraph(one, Place(page=3)) for one in text.split("\n"))), about, more)
    return Disclosure(about, "1", (*more, *prose.projects), facts=prose.facts)


def test_facts_are_asked_for_by_unit_year_and_kind() -> None:
    store = store_of(disclosure_of("2024年“三公”经费预算10万元，其中：公务接待费3万元，比上年减少1万元，下降25%。"))
    asked = {"unit": BASE.unit(unit_key()), "year": 2024}
    rows = list(run_named(store, "facts", **asked))
    assert [(str(row["kind"]).rpartition("/")[2], str(row["amount"])) for row in rows] == [
        ("three_public", "100000"),
        ("reception", "30000"),
    ]
    assert (str(rows[1]["change"]), str(rows[1]["percent"]), str(rows[1]["page"])) == ("-10000", "-25", "3")
    assert rows[1]["whole"] == rows[0]["fact"]
    assert len(run_named(store, "facts", **asked, kind="reception")) == 1
    assert len(run_named(store, "facts", year=2020)) == 0


DESCRIBED = """乡村驿站建设专项经费情况说明
一、项目概述
在全市新建乡村驿站10处。
二、立项依据
《贵阳市乡村驿站三年行动方案》。
三、年度预算安排
2024年度项目总预算900.00万，其中支持站点建设700.00万，宣传推广200.00万。"""


def target_form(name: str, amount: int) -> Project:
    funding = Funding("budget", "total", Decimal(amount), str(amount), "元", Place(page=9))
    return Project("t1-f1", name, "project", "target", fiscal_year=2024, funding=(funding,))


@pytest.mark.parametrize(
    ("name", "amounts"),
    [
        ("乡村驿站建设专项", ["9000000"]),
        ("乡村驿站建设专项经费", ["9000000"]),
        ("智慧水务系统", ["50000", "9000000"]),
    ],
)
def test_a_described_project_is_counted_once_beside_its_target_form(name: str, amounts: list[str]) -> None:
    form = target_form(name, 50000 if name == "智慧水务系统" else 9000000)
    store = store_of(disclosure_of(DESCRIBED, form))
    assert sorted(str(row["budget"]) for row in run_named(store, "budgets")) == amounts
    (overview,) = run_named(store, "overview")
    assert str(overview["money"]) == str(sum(int(amount) for amount in amounts))


def test_a_description_is_a_form_with_its_parts_and_its_facts_are_about_it() -> None:
    store = store_of(disclosure_of(DESCRIBED), vocabulary=True)
    (form,) = run_named(store, "project-forms", project=project_of(store))
    assert (str(form["kind"]), str(form["name"])) == (f"{P}ProjectDescription", "乡村驿站建设专项")
    sections = store.query(f"SELECT ?kind ?text WHERE {{ ?part <{P}sectionKind> ?kind ; <{P}originalText> ?text }}")
    assert isinstance(sections, Rows)
    assert {str(row["kind"]).rpartition("/")[2] for row in sections} == {"overview", "basis", "budget"}
    facts = list(run_named(store, "facts", kind="project_funding"))
    assert [str(row["project"]) for row in facts] == [project_of(store)]


def project_of(store: EmbeddedStore) -> str:
    rows = store.query(f"SELECT ?project WHERE {{ ?form a <{P}ProjectDescription> ; <{P}ofProject> ?project }}")
    assert isinstance(rows, Rows)
    return str(next(iter(rows))["project"])


def unit_key() -> str:

    return keys.publisher_key(DocumentInfo("x", "b" * 64, unit=Named("贵阳市水务局"), region=Named("贵阳市", "520100")))


# --- the data ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("spoil", "problem"),
    [
        (lambda data: data["kinds"]["reception"].pop("printed"), "must have"),
        (lambda data: data["kinds"]["reception"].update(holds="gold"), "holds one of"),
        (lambda data: data["kinds"]["reception"].update(within=["nothing"]), "is no kind"),
        (lambda data: data["kinds"]["vehicles"].pop("units"), "has units"),
        (lambda data: data["families"].update(plain=["part"]), "three kinds"),
        (lambda data: data["words"].pop("share"), "too many or too few"),
        (lambda data: data["words"].update(share=[""]), "a list of words"),
        (lambda data: data["sections"]["basis"].pop("labels"), "exactly zh, en"),
        (lambda data: data["description"].update(needed=["poem"]), "is no section"),
    ],
)
def test_bad_data_stops_the_program(spoil, problem: str) -> None:  # type: ignore[no-untyped-def]
    data = copy.deepcopy(read_data("facts.yaml"))
    spoil(data)
    with pytest.raises(DataError, match=problem):
        read_rules(data)
