"""Tables over pages: what joins them, what keeps them apart, and which cells go on over the break."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from extract.grid import Cell, Grid, Paragraph
from extract.stitch import PageTable, stitch
from ontology.records import Box, Issue, Place, PrintedCell

A5, A4 = 420.0, 595.0


def table(
    page: int,
    *rows: Sequence[str],
    xs: Sequence[float] = (),
    width: float = A4,
    open_top: str = "",
    open_bottom: str = "",
    unfinished: Sequence[int] = (),
    number: int = 1,
) -> PageTable:
    """A page's table from rows of texts: "^" goes on from the cell above, "<" from the cell to the left."""
    columns = len(rows[0])
    edges = tuple(xs) or tuple(50.0 + 80 * n for n in range(columns + 1))
    cells = []
    for r, texts in enumerate(rows):
        for c, text in enumerate(texts):
            if text in ("^", "<"):
                continue
            row_span = column_span = 1
            while r + row_span < len(rows) and rows[r + row_span][c] == "^":
                row_span += 1
            while c + column_span < columns and texts[c + column_span] == "<":
                column_span += 1
            box = Box(edges[c], 60 + 20 * r, edges[c + column_span], 60 + 20 * (r + row_span))
            place = Place(page=page, table=number, row=r + 1, column=c + 1, box=box)
            cells.append(Cell(r + 1, c + 1, text, row_span, column_span, (PrintedCell(place, text),)))
    grid = Grid(len(rows), columns, tuple(cells), Place(page=page, table=number))
    last = [cell for cell in cells if cell.last_row == len(rows)]
    return PageTable(
        grid,
        edges,
        width,
        open_top=frozenset((1, n + 1) for n, mark in enumerate(open_top) if mark == "o"),
        open_bottom=frozenset((c.row, c.column) for c in last if open_bottom[c.column - 1 : c.column] == "o"),
        room={(c.row, c.column): 0.0 if c.column in unfinished else 5.0 for c in last if c.text},
    )


def line(page: int, text: str) -> Paragraph:
    return Paragraph(text, Place(page=page))


def shown(grid: Grid) -> list[str]:
    """The rows as texts, a cell at each row where it begins."""
    return [
        " | ".join(cell.text if cell.row == row else "^" for cell in grid.row_cells(row))
        for row in range(1, grid.rows + 1)
    ]


HEAD = ("项目", "预算数", "三级指标", "指标值")
ABOVE = table(1, HEAD, ("甲", "3.5", "数量", "4"), ("^", "^", "质量", "98%"))


def test_repeated_head_is_dropped_and_places_stay():
    below = table(2, HEAD, ("乙", "7.0", "件数", "9"))
    (grid,) = stitch([ABOVE, below])
    assert shown(grid) == [
        "项目 | 预算数 | 三级指标 | 指标值",
        "甲 | 3.5 | 数量 | 4",
        "^ | ^ | 质量 | 98%",
        "乙 | 7.0 | 件数 | 9",
    ]
    place = grid.at(4, 1).parts[0].place
    assert (place.page, place.table, place.row, place.column) == (2, 1, 2, 1)
    assert any("head of 1 rows repeated" in note for note in grid.notes)


@pytest.mark.parametrize(
    ("between", "below", "why"),
    [
        ([line(2, "项目支出绩效目标表（二）")], table(2, ("乙", "7.0", "件数", "9")), "a title stands between"),
        ([], table(3, ("乙", "7.0", "件数", "9")), "a page lies between"),
        ([], table(2, ("乙", "7.0", "件数", "9"), width=A5), "the page has another width"),
        ([], table(2, ("乙", "7.0", "件数", "9"), xs=(50, 120, 200, 290, 350)), "the table has another width"),
        ([], table(2, ("乙", "7.0", "件数", "9"), xs=(50, 100, 190, 240, 370)), "the columns are others"),
        ([], table(2, ("项目", "乙", "预算数", "7.0")), "it begins like the first: another form"),
        ([], table(2, ("目标表", "<", "<", "<"), *[("a", "b", "c", "d")] * 4), "it begins with a title of its own"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_kept_apart(between: list[Paragraph], below: PageTable, why: str):
    blocks = stitch([ABOVE, *between, below])
    assert sum(isinstance(block, Grid) for block in blocks) == 2, why


def test_two_tables_of_one_page_are_never_joined():
    below = table(1, HEAD, ("乙", "7.0", "件数", "9"), number=2)
    assert len(stitch([ABOVE, below])) == 2


def test_title_printed_again_with_the_head_does_not_keep_apart():
    below = table(2, HEAD, ("乙", "7.0", "件数", "9"))
    blocks = stitch([line(1, "目标表"), ABOVE, line(2, "目标表"), below])
    assert [type(block) for block in blocks] == [Paragraph, Grid]
    assert any("目标表" in note for note in blocks[1].notes)


def test_marked_as_continued():
    blocks = stitch([ABOVE, line(2, "续表"), table(2, ("乙", "7.0", "件数", "9"))])
    assert blocks[0].rows == 4


def test_running_head_does_not_keep_apart():
    blocks = [ABOVE, line(2, "某市2024年部门预算"), table(2, ("乙", "7.0", "件数", "9"))]
    assert len(stitch(blocks)) == 3
    assert stitch(blocks, running=frozenset({"某市2024年部门预算"}))[0].rows == 4


def test_merged_cells_that_are_empty_below_go_on():
    below = table(2, ("", "", "时效", "30"), ("^", "^", "满意度", "95%"), ("乙", "7.0", "件数", "9"))
    (grid,) = stitch([ABOVE, below])
    assert [(c.text, c.row, c.row_span) for c in grid if c.column == 1] == [("项目", 1, 1), ("甲", 2, 4), ("乙", 6, 1)]
    assert grid.at(5, 2).text == "3.5"
    assert any("column 1 goes on" in note for note in grid.notes)


def test_empty_plain_cell_below_is_only_empty():
    below = table(2, ("乙", "7.0", "时效", ""), ("丙", "8.0", "满意度", "95%"))
    (grid,) = stitch([ABOVE, below])
    assert grid.at(4, 4).text == ""
    assert grid.at(4, 4).row == 4


def test_missing_line_tells_that_a_cell_goes_on():
    above = table(1, HEAD, ("甲", "3.5", "数量", "4"), ("^", "^", "质量", "98%"), open_bottom="oo..")
    below = table(2, ("甲续", "", "时效", "30"))
    (grid,) = stitch([above, below])
    assert grid.at(4, 1).text == "甲甲续"
    assert grid.at(4, 2).text == "3.5"
    assert [(part.place.page, part.text) for part in grid.at(4, 1).parts] == [(1, "甲"), (2, "甲续")]


PROJECTS = table(
    1,
    ("项目", "预算数", "年度目标", "三级指标"),
    ("甲", "3.5", "保障甲。", "数量"),
    ("^", "^", "^", "质量"),
    ("专项-乙外网", "18.00", "支付租赁费，包括", "数量"),
    ("^", "^", "^", "质量"),
)


def test_parts_of_an_entry_go_on_together():
    below = table(2, ("租赁费", "", "网费和话费。", "时效"), ("^", "^", "^", "满意度"))
    (grid,) = stitch([PROJECTS, below])
    assert [grid.at(7, column).text for column in (1, 2, 3)] == [
        "专项-乙外网租赁费",
        "18.00",
        "支付租赁费，包括网费和话费。",
    ]
    assert grid.at(7, 1).row_span == 4


def test_new_entry_after_a_finished_sentence_is_new():
    """An amount left blank does not make a new project the rest of the one above."""
    above = table(
        1,
        ("甲", "3.5", "保障甲。", "数量"),
        ("^", "^", "^", "质量"),
        ("乙", "8", "保障乙的日常运行。", "数量"),
        ("^", "^", "^", "质量"),
    )
    below = table(2, ("丙", "", "保障丙。", "时效"), ("^", "^", "^", "满意度"))
    (grid,) = stitch([above, below])
    assert [c.text for c in grid if c.column == 1] == ["甲", "乙", "丙"]


def test_new_tier_below_a_tier_that_goes_on_is_new():
    above = table(
        1,
        ("产出指标", "数量指标", "a", "1"),
        ("^", "^", "b", "2"),
        ("效益指标", "社会效益", "c", "3"),
        ("^", "^", "d", "4"),
    )
    below = table(2, ("", "可持续影响", "e", "5"), ("^", "^", "f", "6"))
    (grid,) = stitch([above, below])
    assert grid.at(5, 1).text == "效益指标"
    assert grid.at(5, 2).text == "可持续影响"
    assert grid.at(5, 2).row == 5


ROWS = (("产出", "甲数量", "4", "20"), ("产出", "乙数量", "5", "20"), ("效益", "丙数量", "6", "20"))


def test_row_cut_in_its_text_is_one_row_and_told():
    above = table(1, HEAD, *ROWS, ("效益", "就近享受各项服务", "80%", "30"), unfinished=[2])
    below = table(2, HEAD, ("", "的人数比例", "", ""), ("满意度", "服务对象满意度", "90%", "30"))
    issues: list[Issue] = []
    (grid,) = stitch([above, below], issues)
    assert shown(grid)[-2:] == ["效益 | 就近享受各项服务的人数比例 | 80% | 30", "满意度 | 服务对象满意度 | 90% | 30"]
    assert [one.code for one in issues] == ["table.row_cut"]


@pytest.mark.parametrize(
    ("unfinished", "first"),
    [([], ("", "改造自助服务区", "", "")), ([2], ("效益", "改造自助服务区", "", "")), ([2], ("", "", "", ""))],
    ids=["text above had ended", "a label begins", "nothing goes on"],
)
def test_row_with_blanks_is_a_row(unfinished: list[int], first: Sequence[str]):
    above = table(1, HEAD, *ROWS, unfinished=unfinished)
    (grid,) = stitch([above, table(2, HEAD, first, ("满意度", "服务对象满意度", "90%", "30"))])
    assert grid.rows == 6


TIER_ROWS = (("产出指标", "", "", ""), ("", "甲数量", "4", "20"), ("", "乙数量", "5", "20"), ("", "丙数量", "6", "20"))


def test_row_cut_where_tiers_have_rows_of_their_own():
    """No column is printed in every row; but whoever prints a name prints its figures."""
    above = table(1, HEAD, *TIER_ROWS, ("", "就近享受", "80%", "30"), unfinished=[2])
    below = table(2, ("", "各项服务", "", ""), ("", "丁数量", "7", "10"))
    (grid,) = stitch([above, below])
    assert shown(grid)[-2:] == [" | 就近享受各项服务 | 80% | 30", " | 丁数量 | 7 | 10"]


def test_tier_cut_in_its_name_is_one_row():
    above = table(1, HEAD, *TIER_ROWS, ("服务对象满意度指", "", "", ""), unfinished=[1])
    below = table(2, ("标", "", "", ""), ("", "丁数量", "7", "10"))
    (grid,) = stitch([above, below])
    assert shown(grid)[-2:] == ["服务对象满意度指标 |  |  | ", " | 丁数量 | 7 | 10"]


def test_all_texts_of_a_row_cut_are_told_by_a_tier():
    above = table(1, HEAD, *ROWS, ("经济效", "避免消", "≥0.02", "10"), unfinished=[1, 2, 3, 4])
    below = table(2, ("益指标", "费者损失", "亿元", "分"), ("满意度", "服务对象满意度", "90%", "30"))
    (grid,) = stitch([above, below])
    assert shown(grid)[-2] == "经济效益指标 | 避免消费者损失 | ≥0.02亿元 | 10分"


def test_labels_cut_in_two_tell_that_their_row_is_cut():
    above = table(1, ("项目名称", "<", "甲", "<"), ("主管", "某局", "实施", "某中心"), unfinished=[1, 3])
    below = table(2, ("部门", "", "单位", ""), ("年度目标", "完成任务。", "备注", "无"))
    (grid,) = stitch([above, below])
    assert shown(grid)[1] == "主管部门 | 某局 | 实施单位 | 某中心"


def test_a_merged_label_cut_between_its_rows_is_one_label():
    above = table(1, ("项目名称", "<", "甲", "<"), ("项目资金（万", "", "预算数", "执行数"), unfinished=[1])
    below = table(
        2, ("元）", "总额", "8.00", "7.00"), ("^", "其他资金", "1.00", "1.00"), ("年度目标", "<", "无。", "<")
    )
    (grid,) = stitch([above, below])
    assert (grid.at(2, 1).text, grid.at(4, 1).text) == ("项目资金（万元）", "项目资金（万元）")


def test_room_for_a_figure_is_more_than_for_a_character():
    """ "12345" does not fit where one character would: the line above it was full."""
    roomy = table(1, HEAD, *ROWS, ("效益", "办理热线", "80%", "30"))
    above = replace(roomy, room={**roomy.room, (5, 2): 1.5})
    (grid,) = stitch([above, table(2, ("", "12345工单数", "", ""), ("满意度", "服务对象满意度", "90%", "30"))])
    assert shown(grid)[-2] == "效益 | 办理热线12345工单数 | 80% | 30"


def test_next_row_is_no_rest_of_a_row_that_happens_to_be_full():
    """Narrow columns: every text fills its line, yet the row below names an indicator and its figures."""
    above = table(1, HEAD, *ROWS, unfinished=[1, 2, 3, 4])
    (grid,) = stitch([above, table(2, ("成本", "丁数量", "7", "20"), ("满意度", "服务对象满意度", "90%", "30"))])
    assert grid.rows == 6


def test_name_that_follows_its_objective_over_the_break():
    """A word processor kept the name's cell together and pushed it below the break; the objective was cut."""
    head = ("项目", "目标", "三级指标", "指标值")
    first = [("甲", "完成甲的全部任务。", "甲数量", "4"), ("^", "^", "甲质量", "5")]
    last = [("丙", "完成丙的全部任务。", "丙数量", "4"), ("^", "^", "丙质量", "5")]
    above = table(1, head, *first, ("", "组织教师培训", "人次", "3600"), unfinished=[2])
    below = table(2, ("乙", "24期，提升素养。", "合格率", "98%"), ("^", "^", "成本", "400"), *last)
    (grid,) = stitch([above, below])
    assert grid.at(4, 1).text == "乙"
    assert (grid.at(4, 2).text, grid.at(6, 2).text) == ("组织教师培训24期，提升素养。",) * 2


def test_row_cut_without_lines_is_one_row():
    above = table(1, ("项目", "甲"), ("目标", "第一项任务；第二"), open_bottom="oo")
    below = table(2, ("", "项任务。"), ("金额", "5"), open_top="oo")
    (grid,) = stitch([above, below])
    assert shown(grid) == ["项目 | 甲", "目标 | 第一项任务；第二项任务。", "金额 | 5"]


def test_columns_of_both_pages_are_kept():
    """A page whose rows are coarser than those of the page before has its cells span the finer columns."""
    below = table(2, ("联系人", "某"), xs=(50, 130, 370))
    (grid,) = stitch([ABOVE, below])
    assert grid.columns == 4
    assert (grid.at(4, 2).column_span, grid.at(4, 4).text) == (3, "某")


# --- columns with ragged edges


def ragged(*rows: Sequence[tuple[float, str]]) -> PageTable:
    """A table whose rows have edges of their own: each cell as its left edge and its text; all end at 400."""
    xs = sorted({x for row in rows for x, _ in row} | {400.0})
    cells = []
    for number, row in enumerate(rows, start=1):
        ends = [*(x for x, _ in row[1:]), 400.0]
        for (left, text), right in zip(row, ends, strict=True):
            column = xs.index(left) + 1
            place = Place(page=1, table=1, row=number, column=column)
            span = xs.index(right) - column + 1
            cells.append(Cell(number, column, text, 1, span, (PrintedCell(place, text),)))
    grid = Grid(len(rows), len(xs) - 1, tuple(cells), Place(page=1, table=1))
    return PageTable(grid, tuple(xs), A4)


def test_rows_a_little_wider_than_others_share_their_columns():
    rows = [[(50.0, "一级指标"), (150.0, "三级指标"), (250.0, "指标值")]]
    rows += [[(50.0, "产出"), (150.0 + off, f"数{off}"), (250.0 - off, "1")] for off in (4, 9, -7)]
    (grid,) = stitch([ragged(*rows)])
    assert grid.columns == 3
    assert all(len(grid.row_cells(row)) == 3 for row in range(1, 5))
    assert all(cell.column_span == 1 for cell in grid)
    assert any("ragged" in note for note in grid.notes)
    assert grid.at(3, 2).parts[0].place.column != 2  # the place stays that of the page


def test_edges_that_a_row_has_together_stay_two():
    rows = [
        [(50.0, "序号"), (70.0, "名称"), (250.0, "值")],
        [(50.0, "1"), (70.0, "甲"), (250.0, "2")],
        [(50.0, "合计"), (250.0, "2")],
        [(50.0, "注"), (300.0, "无")],
    ]
    (grid,) = stitch([ragged(*rows)])
    assert [cell.column for cell in grid.row_cells(2)] == [1, 2, 3]
    assert grid.columns == 4  # 250 and 300 are too far apart to be one
