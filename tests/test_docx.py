"""Word files: what a table prints, whatever its XML looks like; and what can't be read is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from golden import cases, check
from written import pack_docx

from extract.archive import Bounds, open_archive, read_member
from extract.assemble import assemble
from extract.errors import UnreadableDocumentError
from extract.grid import Document, Grid, Paragraph
from extract.readers import docx
from extract.readers.docx_grid import RowCells, place_rows
from extract.readers.docx_numbering import write_number

CASES = cases("docx")
PARTS = ("numbering.xml", "styles.xml")
_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def read_body(tmp_path: Path, body: str) -> Document:
    return docx.read(pack_docx(tmp_path / "a.docx", f"<w:document {_W}><w:body>{body}</w:body></w:document>"))


def row(*cells: str) -> str:
    return "<w:tr>" + "".join(cells) + "</w:tr>"


def cell(text: str, properties: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:tc>"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_case(case: Path, tmp_path: Path) -> None:
    others = {f"word/{part}": (case / part).read_text("utf-8") for part in PARTS if (case / part).is_file()}
    file = pack_docx(tmp_path / "case.docx", (case / "document.xml").read_text("utf-8"), **others)
    check(case, assemble(docx.read(file), file="case.docx", sha256="0" * 64).disclosure)


def test_there_are_as_many_cases_as_ever() -> None:
    assert len(CASES) >= 6


def test_a_merged_cell_is_one_cell(tmp_path: Path) -> None:
    body = (
        "<w:tbl>"
        + row(cell("甲", '<w:vMerge w:val="restart"/>'), cell("乙", '<w:gridSpan w:val="2"/>'))
        + row(cell("", "<w:vMerge/>"), cell("丙"), cell("丁"))
        + "</w:tbl>"
    )
    (grid,) = read_body(tmp_path, body).grids
    assert (grid.rows, grid.columns) == (2, 3)
    spans = [(c.text, c.row, c.column, c.row_span, c.column_span) for c in grid]
    assert spans == [("甲", 1, 1, 2, 1), ("乙", 1, 2, 1, 2), ("丙", 2, 2, 1, 1), ("丁", 2, 3, 1, 1)]


def test_cells_merged_the_old_way_are_one_cell(tmp_path: Path) -> None:
    body = "<w:tbl>" + row(cell("甲", '<w:hMerge w:val="restart"/>'), cell("", "<w:hMerge/>"), cell("乙")) + "</w:tbl>"
    (grid,) = read_body(tmp_path, body).grids
    assert [(c.text, c.column, c.column_span) for c in grid] == [("甲", 1, 2), ("乙", 3, 1)]


def test_a_merge_that_goes_on_under_another_width_is_a_cell_of_its_own(tmp_path: Path) -> None:
    body = (
        "<w:tbl>"
        + row(cell("甲", '<w:vMerge w:val="restart"/>'), cell("乙"))
        + row(cell("丙", '<w:gridSpan w:val="2"/><w:vMerge/>'))
        + "</w:tbl>"
    )
    (grid,) = read_body(tmp_path, body).grids
    assert [(c.text, c.row, c.column_span) for c in grid] == [("甲", 1, 1), ("乙", 1, 1), ("丙", 2, 2)]


def test_blocks_keep_their_order_and_nested_tables_follow_theirs(tmp_path: Path) -> None:
    inner = "<w:tbl>" + row(cell("里")) + "</w:tbl>"
    body = f"<w:p><w:r><w:t>上</w:t></w:r></w:p><w:tbl>{row('<w:tc>' + inner + '<w:p/></w:tc>')}</w:tbl>"
    body += "<w:p><w:r><w:t>下</w:t></w:r></w:p>"
    blocks = read_body(tmp_path, body).blocks
    kinds = [block.text if isinstance(block, Paragraph) else [c.text for c in block] for block in blocks]
    assert kinds == ["上", [""], ["里"], "下"]
    assert [block.place.table for block in blocks if isinstance(block, Grid)] == [1, 2]


BOX = (
    '<w:r><mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006">'
    "<mc:Choice><w:txbxContent><w:p><w:r><w:t>框</w:t></w:r></w:p></w:txbxContent></mc:Choice>"
    "<mc:Fallback><w:txbxContent><w:p><w:r><w:t>框</w:t></w:r></w:p></w:txbxContent></mc:Fallback>"
    "</mc:AlternateContent></w:r>"
)


def test_a_text_box_is_read_once_where_it_is_anchored(tmp_path: Path) -> None:
    document = read_body(tmp_path, f"<w:p><w:r><w:t>上</w:t></w:r>{BOX}</w:p><w:p><w:r><w:t>下</w:t></w:r></w:p>")
    assert [block.text for block in document.blocks if isinstance(block, Paragraph)] == ["上", "框", "下"]
    assert document.issues == ()


def test_a_text_box_over_a_cells_own_text_is_reported_not_read(tmp_path: Path) -> None:
    body = "<w:tbl>" + row(f"<w:tc><w:p>{BOX}</w:p></w:tc>", f"<w:tc><w:p><w:r><w:t>甲</w:t></w:r>{BOX}</w:p></w:tc>")
    document = read_body(tmp_path, body + "</w:tbl>")
    assert [c.text for c in document.grids[0]] == ["框", "甲"]
    (found,) = document.issues
    assert found.code == "part.skipped"
    assert "1" in found.message_en


@pytest.mark.parametrize(
    ("format_", "numbers", "written"),
    [
        ("decimal", (1, 12), ["1", "12"]),
        ("decimalZero", (3,), ["03"]),
        ("chineseCounting", (1, 10, 11, 20, 99), ["一", "十", "十一", "二十", "九十九"]),
        ("chineseCountingThousand", (100, 105, 110, 1024), ["一百", "一百零五", "一百一十", "一千零二十四"]),
        ("chineseLegalSimplified", (1, 10, 23), ["壹", "壹拾", "贰拾叁"]),
        ("ideographTraditional", (1, 2, 11), ["甲", "乙", "甲"]),
        ("decimalEnclosedCircle", (1, 20, 21), ["①", "⑳", "㉑"]),
        ("decimalEnclosedParen", (2,), ["⑵"]),
        ("upperLetter", (1, 27), ["A", "AA"]),
        ("lowerRoman", (4, 19), ["iv", "xix"]),
        ("nobodyKnows", (7,), ["7"]),
    ],
)
def test_numbers_are_written_as_word_writes_them(format_: str, numbers: tuple[int, ...], written: list[str]) -> None:
    assert [write_number(number, format_) for number in numbers] == written


def test_lists_count_by_level_and_start_anew(tmp_path: Path) -> None:
    numbering = (
        f'<w:numbering {_W}><w:abstractNum w:abstractNumId="0">'
        '<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="chineseCounting"/><w:lvlText w:val="（%1）"/></w:lvl>'
        '<w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:isLgl/><w:lvlText w:val="%1.%2"/></w:lvl>'
        '</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num><w:num w:numId="2">'
        '<w:abstractNumId w:val="0"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="5"/></w:lvlOverride></w:num>'
        "</w:numbering>"
    )

    def listed(number: int, level: int) -> str:
        reference = f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>'
        return f"<w:p><w:pPr>{reference}</w:pPr><w:r><w:t>条</w:t></w:r></w:p>"

    order = ((1, 0), (1, 1), (1, 1), (1, 0), (1, 1), (2, 0), (2, 0), (0, 0), (9, 0))
    body = "".join(listed(*one) for one in order)
    path = pack_docx(
        tmp_path / "a.docx",
        f"<w:document {_W}><w:body>{body}</w:body></w:document>",
        **{"word/numbering.xml": numbering},
    )
    texts = [block.text for block in docx.read(path).blocks if isinstance(block, Paragraph)]
    assert texts == ["（一）条", "1.1条", "1.2条", "（二）条", "2.1条", "（五）条", "（六）条", "条", "条"]


def test_the_main_part_is_found_by_the_packages_relations(tmp_path: Path) -> None:
    relations = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" '
        'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
        'Target="/word/document2.xml"/></Relationships>'
    )
    other = f"<w:document {_W}><w:body><w:p><w:r><w:t>正文</w:t></w:r></w:p></w:body></w:document>"
    path = pack_docx(tmp_path / "a.docx", "<x/>", **{"_rels/.rels": relations, "word/document2.xml": other})
    assert [block.text for block in docx.read(path).blocks if isinstance(block, Paragraph)] == ["正文"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_are_refused(tmp_path: Path, encoding: str) -> None:
    bomb = (
        f'<?xml version="1.0" encoding="{encoding}"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'
        f"<w:document {_W}><w:body><w:p><w:r><w:t>&b;</w:t></w:r></w:p></w:body></w:document>"
    ).encode(encoding)
    with pytest.raises(UnreadableDocumentError, match="entities"):
        docx.read(pack_docx(tmp_path / "a.docx", bomb))


def test_a_file_on_disk_is_not_pulled_in(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("SECRET")
    xml = (
        f'<!DOCTYPE x [<!ENTITY s SYSTEM "{secret.as_uri()}">]><w:document {_W}><w:body><w:p><w:r><w:t>&s;</w:t></w:r>'
        "</w:p></w:body></w:document>"
    )
    with pytest.raises(UnreadableDocumentError):
        docx.read(pack_docx(tmp_path / "a.docx", xml))


def test_an_archive_that_unpacks_to_too_much_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    path = pack_docx(tmp_path / "a.docx", b"0" * 5_000_000)
    assert path.stat().st_size < 20_000
    with pytest.raises(UnreadableDocumentError, match="more than is safe"):
        open_archive(path, Bounds(total=1_000_000))


def test_a_part_that_is_too_large_is_refused_whatever_it_declares(tmp_path: Path) -> None:
    path = pack_docx(tmp_path / "a.docx", b"0" * 2_000_000)
    with open_archive(path) as archive, pytest.raises(UnreadableDocumentError, match="larger than"):
        read_member(archive, "word/document.xml", Bounds(member=1_000_000))


def test_a_size_that_lies_is_found_out(tmp_path: Path) -> None:
    path = pack_docx(tmp_path / "a.docx", b"0" * 2_000_000)
    content = path.read_bytes()
    real = (2_000_000).to_bytes(4, "little")
    assert content.count(real) == 2
    path.write_bytes(content.replace(real, (1000).to_bytes(4, "little")))
    with open_archive(path) as archive, pytest.raises(UnreadableDocumentError, match="damaged"):
        read_member(archive, "word/document.xml")


def test_too_many_parts_are_refused(tmp_path: Path) -> None:
    path = pack_docx(tmp_path / "a.docx", "<x/>", **{f"word/{n}.xml": "" for n in range(30)})
    with pytest.raises(UnreadableDocumentError, match="32"):
        open_archive(path, Bounds(members=20))


@pytest.mark.parametrize("xml", ["", "<w:document", "no xml", f"<w:document {_W}/>"])
def test_broken_xml_is_unreadable(tmp_path: Path, xml: str) -> None:
    with pytest.raises(UnreadableDocumentError):
        docx.read(pack_docx(tmp_path / "a.docx", xml))


def test_a_cut_file_is_unreadable(tmp_path: Path) -> None:
    path = pack_docx(tmp_path / "a.docx", f"<w:document {_W}><w:body/></w:document>")
    path.write_bytes(path.read_bytes()[:150])
    with pytest.raises(UnreadableDocumentError, match="broken"):
        docx.read(path)


def test_a_span_as_wide_as_the_world_does_not_fill_the_memory(tmp_path: Path) -> None:
    body = "<w:tbl>" + row(cell("甲", '<w:gridSpan w:val="999999999"/>'), cell("乙")) + "</w:tbl>"
    (grid,) = read_body(tmp_path, body).grids
    assert grid.columns <= 2000


def test_edges_that_miss_each_other_by_a_little_are_one(tmp_path: Path) -> None:
    def wide(text: str, span: int, merge: str = "") -> str:
        return cell(text, f'<w:gridSpan w:val="{span}"/>{merge}')

    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in (1400, 150, 1450, 120, 1880))
    body = (
        f"<w:tbl><w:tblGrid>{grid}</w:tblGrid>"
        + row(wide("一级指标", 1), wide("三级指标", 2), wide("指标值", 2))
        + row(wide("产出指标", 2, '<w:vMerge w:val="restart"/>'), wide("巡护里程", 2), wide("≥45公里", 1))
        + row(wide("", 1, "<w:vMerge/>"), wide("巡护次数", 3), wide("≥12次", 1))
        + "</w:tbl>"
    )
    (table,) = read_body(tmp_path, body).grids
    assert (table.rows, table.columns) == (3, 3)
    assert [(c.text, c.row, c.column, c.row_span) for c in table if c.column == 1] == [
        ("一级指标", 1, 1, 1),
        ("产出指标", 2, 1, 2),
    ]


def test_narrow_columns_stay_columns() -> None:
    rows = [RowCells(0, (1, 1, 1), (300, 300, 4000)), RowCells(0, (2, 1), (600, 4000))]
    assert place_rows(rows, [300, 300, 4000]) == [[(1, 1), (2, 1), (3, 1)], [(1, 2), (3, 1)]]


def test_rows_without_spans_are_placed_by_the_widths_of_their_cells() -> None:
    rows = [RowCells(0, (1, 1, 1), (1000, 2000, 3000)), RowCells(0, (1, 1), (3000, 3000))]
    assert place_rows(rows, [1000, 2000, 3000]) == [[(1, 1), (2, 1), (3, 1)], [(1, 2), (3, 1)]]
