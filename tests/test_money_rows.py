"""Financial tables among the texts of a page without lines."""

from __future__ import annotations

from extract.money_rows import find_money_regions, last_money_head, split_numbered
from extract.piece_rows import PieceRow, find_rows
from extract.pieces import Piece, Word


def _piece(text: str, x: float, *ys: float) -> Piece:
    """A piece with a line at each of some heights; its lines parted by strokes."""
    lines = text.split("|")
    return Piece([[Word(line, x, x + 10 * len(line), y, 10)] for line, y in zip(lines, ys, strict=True)])


TABLE = [
    [_piece("部门收支总表", 150, 10)],
    [_piece("单位：万元", 50, 30)],
    [_piece("项目", 50, 50), _piece("预算数", 200, 50), _piece("项目", 300, 50), _piece("预算数", 450, 50)],
    [_piece("一、财政拨款收入", 50, 70), _piece("1,204.50", 200, 70), _piece("一、教育支出", 300, 70)],
    [_piece("二、事业收入", 50, 90), _piece("36.00", 200, 90), _piece("二、卫生健康支出", 300, 90)],
    [_piece("收入总计", 50, 110), _piece("1,240.50", 200, 110), _piece("支出总计", 300, 110)],
    [_piece("第一部分", 50, 150)],
]


def _rows(pieces: list[list[Piece]]) -> list[PieceRow]:
    return find_rows([piece for row in pieces for piece in row])


def test_a_table_of_money_reaches_from_its_heads_to_its_last_amount():
    (region,) = find_money_regions(_rows(TABLE))
    assert (region.first, region.last, region.tables) == (2, 5, ((2, 2, 5),))


def test_contents_that_name_tables_are_no_table_of_money():
    contents = [[_piece("部门收支总表", 50, y), _piece("3", 400, y)] for y in (10, 30, 50, 70)]
    assert find_money_regions(_rows(contents)) == []
    assert last_money_head(_rows(TABLE[3:6])) is None  # amounts without heads


def test_numbered_lines_are_rows_and_wrapped_ones_are_not():
    split = split_numbered(
        [_piece("八、节能环保支出|九、农林水支出", 50, 10, 22), _piece("机关事业单位|养老保险", 50, 40, 52)]
    )
    assert [piece.text for piece in split] == ["八、节能环保支出", "九、农林水支出", "机关事业单位养老保险"]
