"""A disclosure's facts as pages: cover, table of contents, prose, budget tables and performance forms."""

from __future__ import annotations

from generator import facts, forms
from generator.blocks import Cell, Row, Section, Style, Table, Words, check_table

COVER_NOTE = "本文件为软件示例：名称、指标和数据取自公开信息，文字和版式重新编排，并非发布单位的原件。"
"""On every cover: whoever meets one of these files alone must not take it for the publisher's own."""


def _budget_table(table: facts.BudgetTable) -> list[Words | Table]:
    rows: list[Row] = []
    if table.sides:
        rows.append(tuple(Cell(side, 2, head=True) for side in table.sides))
        rows.append(tuple(Cell(head, head=True) for _ in table.sides for head in table.heads))
        widths: tuple[float, ...] = (34, 16) * len(table.sides)
    else:
        rows.append(tuple(Cell(head, head=True) for head in table.heads))
        widths = (40, *([60 / (len(table.heads) - 1)] * (len(table.heads) - 1)))
    for row in table.rows:
        names = range(0, len(row), 2) if table.sides else (0,)
        rows.append(tuple(Cell(text, align="left" if n in names else "right") for n, text in enumerate(row)))
    made = Table(widths, tuple(rows), whole=True)
    return [*_titles(table.label, table.title), Words("unit", f"单位：{table.unit}"), made]


def _titles(label: str, title: str) -> list[Words]:
    return [*([Words("label", label)] if label else []), Words("title", title)]


def _form(group: facts.Forms, year: int) -> list[Words | Table]:
    form = group.forms[0]
    made: list[Words | Table] = [*_titles(form.label, form.title)]
    if form.layout in forms.WITH_YEAR:
        made.append(Words("year", f"（{year}年度）"))
    if form.layout in ("long_table", "department_tasks"):
        made.append(Words("unit", f"单位：{form.money}"))
    table = forms.long_table(group.forms) if form.layout == "long_table" else forms.LAYOUTS[form.layout](form)
    check_table(table, form.title)
    return [*made, table]


def _contents(disclosure: facts.Disclosure) -> list[Words]:
    styles: dict[str, Style] = {"part": "contents", "heading": "contents_inner"}
    listed = [Words("contents_head", "目  录")]
    for section in disclosure.sections:
        if isinstance(section, facts.Words) and section.style in styles:
            listed.append(Words(styles[section.style], section.text))
    return listed


def pages(disclosure: facts.Disclosure, note: str = COVER_NOTE) -> list[Section]:
    """Given a disclosure's facts and the note on the cover, return its pages; a form begins on a
    page of its own, after the titles that lead up to it."""
    cover = Section(
        (Words("cover", disclosure.title), Words("cover_year", disclosure.unit.name), Words("cover_note", note))
    )
    made = [cover, Section(tuple(_contents(disclosure)))]
    flow: list[Words | Table] = []

    def close(landscape: bool = False) -> None:
        if flow:
            made.append(Section(tuple(flow), landscape))
            flow.clear()

    plain: dict[str, Style] = {"part": "part", "heading": "heading", "text": "text"}
    for section in disclosure.sections:
        if isinstance(section, facts.Words):
            flow.append(Words(plain[section.style], section.text))
        elif isinstance(section, facts.BudgetTable):
            flow += _budget_table(section)
        else:
            # The titles of parts and headings that lead up to a form stand on its page.
            lead: list[Words | Table] = []
            while flow and isinstance(flow[-1], Words) and flow[-1].style in ("part", "heading"):
                lead.insert(0, flow.pop())
            close()
            flow += [*lead, *_form(section, disclosure.fiscal_year)]
            close(section.forms[0].layout in forms.LANDSCAPE)
    close()
    return made
