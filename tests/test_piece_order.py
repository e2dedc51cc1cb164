"""Texts of a page that a program wrote after all others: LibreOffice writes so the cells of a sheet that wrap."""

from __future__ import annotations

from extract.piece_order import order_pieces
from extract.pieces import Piece, Word


def _piece(text: str, x: float, y: float, lines: int = 1) -> Piece:
    """A piece whose middle stands at a height, of ten points a line and character."""
    tops = [y + 12 * (number - (lines - 1) / 2) for number in range(lines)]
    return Piece([[Word(text, x, x + 10 * len(text), top, 10)] for top in tops])


ROW_BY_ROW = [
    _piece("项目名称", 50, 20),
    _piece("绩效目标", 150, 20),
    _piece("三级指标", 300, 20),
    _piece("指标值", 400, 20),
    _piece("路灯维护", 50, 60),
    _piece("维护盏数", 300, 40),
    _piece("亮灯率", 300, 60),
    _piece("≥98%", 400, 60),
    _piece("修复时限", 300, 80),
    _piece("≤24", 400, 80),
]


def _texts(pieces: list[Piece]) -> list[str]:
    return [piece.text for piece in order_pieces(pieces)]


def test_texts_written_row_by_row_stay_as_they_are():
    assert _texts(ROW_BY_ROW) == [piece.text for piece in ROW_BY_ROW]


def test_texts_written_last_go_behind_their_left_neighbour():
    late = [_piece("及时维修", 150, 60, lines=2), _piece("≥1500盏", 400, 40)]
    found = _texts([*ROW_BY_ROW, *late])
    assert found.index("及时维修及时维修") == found.index("路灯维护") + 1
    assert found.index("≥1500盏") == found.index("维护盏数") + 1


def test_a_title_written_last_belongs_to_no_row():
    assert _texts([*ROW_BY_ROW, _piece("绩效目标汇总表", 150, 0)])[-1] == "绩效目标汇总表"


def test_a_text_that_goes_on_beside_the_lowest_row_stays_in_it():
    assert _texts([*ROW_BY_ROW, _piece("小时", 430, 76)])[-1] == "小时"
