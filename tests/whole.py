"""A disclosure that has something of everything: what shapes, vocabulary and mapping are tried with."""

from __future__ import annotations

from decimal import Decimal

from ontology.records import (
    Box,
    BudgetLine,
    Disclosure,
    DocumentInfo,
    Execution,
    Fact,
    Funding,
    Indicator,
    Issue,
    Named,
    Place,
    PrintedCell,
    Project,
    Section,
    StageGoal,
    Value,
)

SHA = "0123456789abcdef" * 4
PLACE = Place(page=3, table=1, row=7, column=4, box=Box(56.5, 100.25, 210.0, 118.75))
CELL = PrintedCell(PLACE, "≥9", more=(PrintedCell(Place(page=4, table=1, row=1, column=4), "8%"),))

GOOD = Disclosure(
    DocumentInfo(
        "预算.pdf", SHA, "预算", "budget", 2024, Named("达州市", "511700"), Named("达州市某局", "127"), "prefecture"
    ),
    "1",
    projects=(
        Project(
            "t1-f1",
            "电话费",
            "project",
            "self_evaluation",
            fiscal_year=2024,
            department=Named("达州市某局"),
            implementing_unit=Named("某中心"),
            objective="目标",
            outcome="完成",
            stages=(StageGoal("先做", "上半年"),),
            funding=(Funding("budget", "total", Decimal(37000), "3.70", "万元", PLACE, {"amount": CELL}),),
            execution=Execution(Decimal(100), Decimal(10), Decimal(10)),
            indicators=(
                Indicator(
                    "产出指标",
                    "数量指标",
                    "接听率",
                    Value("90%-95%", "range", Decimal(90), Decimal(95), "%", Decimal(90), Decimal(95), "%"),
                    "output",
                    "quantity",
                    "mof-2021",
                    Value("良好", "qualitative", scale=("好", "差"), parts=(Value("98%", "eq", Decimal(98)),)),
                    weight=Decimal(10),
                    score=Decimal(9),
                    direction="positive",
                    place=PLACE,
                    cells={"target": CELL, "actual": CELL},
                ),
                Indicator(None, None, "空", None, absence="blank", place=PLACE, cells={"tier3": CELL}),
            ),
            score=Decimal("98.5"),
            grade="优",
            place=PLACE,
            sections=(Section("basis", "市政府第3号文件。", "立项依据", Place(page=4, paragraph=12)),),
        ),
    ),
    budget_lines=(
        BudgetLine(
            "summary",
            "收入",
            "收入/预算数",
            Decimal(1),
            "1.00",
            code="201",
            level=1,
            role="detail",
            side="income",
            scheme="function",
            measure="total",
            fiscal_year=2024,
            place=PLACE,
            cell=CELL,
        ),
    ),
    facts=(
        Fact(
            "total_income",
            "收入3.7万元。",
            "收入",
            Decimal(37000),
            change=Decimal(-1),
            percent=Decimal("2.5"),
            place=PLACE,
        ),
        Fact(
            "fiscal_income",
            "其中：电话费3.7万元，占100%，比上年减少1元，主要原因是通话减少。",
            "电话费",
            Decimal(37000),
            unit="万元",
            change=Decimal(-1),
            fiscal_year=2024,
            place=Place(page=4, paragraph=13),
            raw="3.7",
            stage="budget",
            share=Decimal(100),
            compared_with=2023,
            part_of=1,
            cause="通话减少",
        ),
    ),
    issues=(Issue("form.unread", "error", "没读", "not read", Place(page=9, reading="ocr", confidence=0.42)),),
)
