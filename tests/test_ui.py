"""What the pages are made of: texts in both languages, escaping, addresses, figures, the treemap."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import pytest
from rdflib import Literal, URIRef

from graph.store import Rows
from ontology.vocabulary import DataError
from ui import i18n
from ui.data import Labels
from ui.format import money, money_in_table, number, percent, place
from ui.html import Html, join, tag, text
from ui.i18n import LANGUAGES, Texts, placeholders, read_language, read_texts
from ui.links import HIDDEN_PAGES, PAGES, address, read_address, read_page
from ui.sparql_chart import Bars, read_bars, read_quantity
from ui.theme import server_options, style_sheet
from ui.treemap import Area, Tile, draw, squarify

UI = Path(i18n.__file__).parent
ZH, EN = Texts("zh"), Texts("en")


# --- texts --------------------------------------------------------------------------------------------------------
def test_every_text_is_in_both_languages() -> None:
    for key, entry in read_texts().items():
        assert set(entry) == set(LANGUAGES), key
        assert placeholders(entry["zh"]) == placeholders(entry["en"]), key


def test_english_texts_are_english_and_chinese_ones_chinese() -> None:
    chinese = re.compile(r"[\u4e00-\u9fff]")
    for key, entry in read_texts().items():
        if key in {"app.language", "app.language_hint"}:
            continue  # a switch is written in the language that it leads to
        assert not chinese.search(entry["en"]), key
        letters = re.sub(
            r"\{\w+\}|https?://\S+|--[\w-]+|\b(?:documents|snapshots|readings)/|`[^`]+`|csv|json|Ctrl|CSV|DOCX|Word|Excel|SPARQL|SHA-256|IRI|GraphML|pikg|concept|rdfs|skos",
            "",
            entry["zh"],
        )
        assert not re.search(r"[A-Za-z]{4,}", letters), key


def test_every_text_that_the_code_asks_for_is_there_and_none_is_left_over() -> None:
    code = "\n".join(path.read_text("utf-8") for path in (*UI.glob("*.py"), UI.with_name("pikg.py")))
    groups = "|".join({key.partition(".")[0] for key in read_texts()})
    asked = set(re.findall(rf"""["']((?:{groups})\.\w+)["']""", code)) - {"overview.py", "app.py"}
    assert asked - set(read_texts()) == set()
    built = re.findall(rf"""["']((?:{groups})\.\w*)\{{""", code)  # t(f"form.{kind}"), t(f"project.head_{name}")
    built += [f"{group}." for group in re.findall(r"""\.name\(["'](\w+)["']""", code)]  # t.name("field", cell.field)
    left_over = {key for key in set(read_texts()) - asked if not key.startswith(tuple(built))}
    assert left_over == set()


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        ("app:\n  name: {zh: 名}\n", "languages"),
        ("app:\n  name: {zh: 名, en: ''}\n", "empty"),
        ("app:\n  name: {zh: '{n} 个', en: 'several'}\n", "placeholders"),
        ("app:\n  name: {zh: 名, en: name}\n  name: {zh: 名, en: name}\n", "twice"),
    ],
)
def test_a_broken_text_stops_the_app(broken: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "texts.yaml").write_text(broken, "utf-8")
    monkeypatch.setattr(i18n, "files", lambda _: tmp_path)
    read_texts.cache_clear()
    try:
        with pytest.raises(DataError, match=said):
            read_texts()
    finally:
        monkeypatch.undo()
        read_texts.cache_clear()


def test_an_address_without_a_known_language_is_chinese() -> None:
    assert [read_language(given) for given in (None, "", "fr", "zh", "en")] == ["zh", "zh", "zh", "zh", "en"]


# --- markup -------------------------------------------------------------------------------------------------------
def test_text_from_documents_is_shown_as_text() -> None:
    evil = '<script>alert(1)</script>"\' onmouseover="x'
    made = tag("td", evil, title=evil, data_go=evil)
    assert "<script" not in made
    assert "\"'" not in made
    assert made.count("<") == 2  # the element's own
    assert join([evil, Html("<b>bold</b>")]).endswith("<b>bold</b>")
    assert text(text("a & b")) == "a &amp; b"


def test_attributes_that_are_not_given_are_left_out() -> None:
    assert tag("a", None, href="?x=1", title=None, hidden=False, class_="b") == '<a href="?x=1" class="b"></a>'
    assert tag("br") == "<br>"


def test_only_one_module_writes_markup() -> None:
    for path in UI.glob("*.py"):
        content = path.read_text("utf-8")
        assert "unsafe_allow_html" not in content, path.name
        assert ("st.html(" in content) == (path.name == "html.py"), path.name
    # Elsewhere markup is made by `tag`, but for nothing at all and our own style sheet.
    made = re.findall(
        r"\bHtml\((.*)\)", "\n".join(p.read_text("utf-8") for p in UI.glob("*.py") if p.name != "html.py")
    )
    assert {what.strip(")") for what in made} <= {'""', 'f"<style>{style_sheet(', 'f"<style>{style_sheet()}</style>"'}


# --- addresses ----------------------------------------------------------------------------------------------------
def test_addresses_come_back_as_they_were_made() -> None:
    iri = "https://w3id.org/pikg/id/project/1?a=b&c#d"
    made = address("project", "en", iri=iri, form=None, q="")
    assert read_address(made) == {"page": "project", "iri": iri, "lang": "en"}
    assert address("overview", "zh") == "?"
    assert read_page(read_address(made)) == "project"


@pytest.mark.parametrize("asked", ["", "nothing", "../etc", "Overview"])
def test_an_unknown_page_is_the_overview(asked: str) -> None:
    assert read_page({"page": asked}) == PAGES[0]


def test_hidden_pages_belong_to_one_in_the_bar() -> None:
    assert set(HIDDEN_PAGES.values()) <= set(PAGES)


# --- figures ------------------------------------------------------------------------------------------------------
def test_money_is_told_in_the_readers_units() -> None:
    assert money(Decimal("4200000"), ZH) == "420.00 万元"
    assert money(Decimal("127350000"), ZH) == "1.27 亿元"
    assert money(Decimal("0"), ZH) == "0.00 万元"
    assert money(Decimal("4200000"), EN) == "¥4.20 million"
    assert money(Decimal("37000"), EN) == "¥37,000"
    assert money_in_table(Decimal("5525938.78"), ZH) == "552.59"


def test_numbers_keep_their_digits() -> None:
    assert number(Decimal("13248")) == "13,248"
    assert number(Decimal("368.50")) == "368.5"
    assert number(Decimal("96.71")) == "96.71"
    assert number(Decimal("0.005"), 2) == "0.01"
    assert number(Decimal("1E+3")) == "1,000"
    assert percent(Decimal("83.50")) == "83.5%"
    assert percent(Decimal("100.00")) == "100%"


def test_places_are_said_in_words() -> None:
    where = {"page": 4, "sheet": None, "table": 1, "row": 14, "column": 5}
    assert place(ZH, **where) == "第 4 页，表 1，第 14 行，第 5 列"
    assert place(EN, **where) == "page 4, table 1, row 14, column 5"
    assert place(ZH, page=None, sheet=None, table=None, row=None, column=None) == "位置未记录"


# --- the treemap --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("sizes", [[6, 6, 4, 3, 2, 2, 1], [1], [1000, 1], [5] * 40, [0.0, 0.0]])
def test_rectangles_fill_the_area_in_proportion(sizes: list[float]) -> None:
    placed = squarify(sizes, Area(10, 20, 600, 400))
    assert len(placed) == len(sizes)
    total = sum(sizes)
    for size, area in zip(sizes, placed, strict=True):
        share = size / total * 600 * 400 if total else 0
        assert area.width * area.height == pytest.approx(share)
        assert area.x >= 10 - 1e-6
        assert area.y >= 20 - 1e-6
        assert area.x + area.width <= 610 + 1e-6
        assert area.y + area.height <= 420 + 1e-6


def test_rectangles_do_not_overlap() -> None:
    placed = squarify([9, 7, 5, 5, 3, 2, 1, 1], Area(0, 0, 500, 300))
    for i, a in enumerate(placed):
        for b in placed[i + 1 :]:
            wide = min(a.x + a.width, b.x + b.width) - max(a.x, b.x)
            high = min(a.y + a.height, b.y + b.height) - max(a.y, b.y)
            assert min(wide, high) < 1e-6


def test_the_treemap_links_its_leaves_and_escapes_its_labels() -> None:
    leaf = Tile("<b>热线</b>", "420.00 万元", Decimal(420), address="?page=project&iri=x")
    picture = draw([Tile("贵阳市", "1", Decimal(420), children=(leaf,))], width=800, height=300)
    assert "&lt;b&gt;热线" in picture
    assert 'href="?page=project&amp;iri=x"' in picture


# --- the look -----------------------------------------------------------------------------------------------------
def test_nothing_of_the_look_comes_from_another_host() -> None:
    theme = (UI / "theme.toml").read_text("utf-8")
    for content in (style_sheet(), theme):
        assert "http://" not in content
        assert "https://" not in content
        assert "@import" not in content
    for family in ("Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei"):
        assert family in style_sheet()
        assert family in theme


def test_the_server_is_started_quiet_and_with_our_theme() -> None:
    options = dict(option.removeprefix("--").split("=", 1) for option in server_options())
    assert Path(options["theme.base"]).is_file()
    assert options["browser.gatherUsageStats"] == "false"
    assert options["client.toolbarMode"] == "minimal"


def test_bars_stand_for_answers_that_compare_and_for_no_others() -> None:
    labels = Labels(Texts("zh"), {})

    def bars(names: str, *rows: tuple[object, ...]) -> Bars | None:
        return read_bars(Rows(tuple(names.split()), tuple(tuple(map(Literal, row)) for row in rows)), {}, labels)

    found = bars("city year n", ("甲市", 2023, 3), ("甲市", 2024, 5))
    assert found is not None
    assert found.values == (("甲市 · 2023", Decimal(3)), ("甲市 · 2024", Decimal(5)))
    assert bars("city n", ("甲市", 3)) is None
    assert bars("city n", ("甲市", 3), ("甲市", 5)) is None
    assert bars("city n", ("甲市", 3), ("乙市", -5)) is None
    assert bars("city n", ("甲市", 3), ("乙市", float("nan"))) is None
    assert read_quantity(Literal("x", datatype=URIRef("http://www.w3.org/2001/XMLSchema#decimal"))) is None
