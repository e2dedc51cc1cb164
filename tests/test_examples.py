"""The shipped examples: documents, gold files and facts fit together, and reading a document gives its gold file."""

from __future__ import annotations

import json
import re
import sys
import uuid
import zipfile
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import pdfplumber
import pytest
from lxml import etree
from pdfminer.pdftypes import resolve1

from ontology import contract

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = ROOT / "examples"
DOCUMENTS = sorted(path for path in EXAMPLES.iterdir() if path.suffix in (".pdf", ".docx"))
PDFS = [path for path in DOCUMENTS if path.suffix == ".pdf"]
WORD_FILES = [path for path in DOCUMENTS if path.suffix == ".docx"]

sys.path.insert(0, str(ROOT / "benchmarks"))
import generate  # noqa: E402
from generator import facts, fonts  # noqa: E402


def gold_of(path: Path) -> dict[str, Any]:
    return json.loads(path.with_name(f"{path.stem}.gold.json").read_text("utf-8"))


def named(path: Path) -> str:
    return path.name


def test_there_is_enough_to_compare():
    golds = [gold_of(path) for path in DOCUMENTS]
    assert len(golds) >= 7
    assert len({gold["document"]["region"]["name"] for gold in golds}) >= 3
    assert PDFS
    assert len(WORD_FILES) >= 2
    forms = {(project["scope"], project["form"]) for gold in golds for project in gold["projects"]}
    assert forms >= {("department", "target"), ("project", "target"), ("project", "self_evaluation")}


def test_gold_files_are_what_the_facts_give():
    assert generate.check(facts.read_facts(), EXAMPLES) == []


def test_a_target_form_and_its_self_evaluation_speak_of_one_project():
    asked, reported = (gold_of(EXAMPLES / f"guiyang-hotline-2024-{kind}.pdf") for kind in ("budget", "accounts"))
    (target,), (evaluation,) = asked["projects"], reported["projects"]
    assert (target["name"], target["fiscal_year"]) == (evaluation["name"], evaluation["fiscal_year"])
    assert (target["form"], evaluation["form"]) == ("target", "self_evaluation")
    rows = [{row["tier3"]: row["target"] for row in project["indicators"]} for project in (target, evaluation)]
    assert rows[0] == rows[1]
    assert all(row["actual"] for row in evaluation["indicators"])


@pytest.mark.parametrize("path", DOCUMENTS, ids=named)
def test_a_gold_file_follows_the_contract(path):
    gold = gold_of(path)
    # A gold file names no hash and no version: they belong to one file and one reader.
    whole = {**gold, "extractor_version": "gold", "document": {**gold["document"], "sha256": "0" * 64}}
    for number, project in enumerate(whole["projects"], 1):
        project.setdefault("form_id", f"gold-{number}")
    assert len(contract.from_json(whole).projects) == len(gold["projects"])


@pytest.mark.parametrize("path", DOCUMENTS, ids=named)
def test_a_document_is_small(path):
    assert path.stat().st_size < 300_000


@pytest.mark.parametrize("path", PDFS, ids=named)
def test_a_pdf_embeds_every_font_as_truetype(path):
    seen = set()
    with pdfplumber.open(path) as pdf:
        assert 3 <= len(pdf.pages) <= 10
        for page in pdf.pages:
            for reference in resolve1(page.page_obj.resources)["Font"].values():
                font = resolve1(reference)
                assert font["Subtype"].name == "Type0", f"page {page.page_number} has a font of type {font['Subtype']}"
                (descendant,) = resolve1(font["DescendantFonts"])
                descriptor = resolve1(resolve1(descendant)["FontDescriptor"])
                assert "FontFile2" in descriptor
                seen.add(descriptor["FontName"].name)
            page.close()
    assert len(seen) >= 2


@pytest.mark.parametrize("path", WORD_FILES, ids=named)
def test_a_word_file_embeds_a_font_with_every_character_it_prints(path):
    from fontTools.ttLib import TTFont

    w = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
    r = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
    with zipfile.ZipFile(path) as package:
        table = etree.fromstring(package.read("word/fontTable.xml"))
        (embedded,) = table.iter(f"{w}embedRegular")
        relations = etree.fromstring(package.read("word/_rels/fontTable.xml.rels"))
        targets = {relation.get("Id"): relation.get("Target") for relation in relations}
        data = package.read(f"word/{targets[embedded.get(f'{r}id')]}")
        settings = etree.fromstring(package.read("word/settings.xml"))
        body = etree.fromstring(package.read("word/document.xml"))
    assert settings.find(f"{w}embedTrueTypeFonts") is not None
    mask = uuid.UUID(embedded.get(f"{w}fontKey")).bytes[::-1]
    font = TTFont(BytesIO(bytes(byte ^ mask[n % 16] for n, byte in enumerate(data[:32])) + data[32:]))
    printed = {character for text in body.iter(f"{w}t") for character in text.text or ""}
    assert {ord(character) for character in printed} <= set(font.getBestCmap())
    assert {fonts.get(f"{w}eastAsia") for fonts in body.iter(f"{w}rFonts")} == {font["name"].getDebugName(1)}


@pytest.mark.parametrize("path", DOCUMENTS, ids=named)
def test_no_document_names_a_person_or_a_telephone(path):
    text = json.dumps(gold_of(path), ensure_ascii=False)
    assert not re.search(r"联系人|联系电话|负责人|(?<!\d)1[3-9]\d{9}(?!\d)", text)
    if path.suffix == ".pdf":
        with pdfplumber.open(path) as pdf:
            text = "".join(page.extract_text() for page in pdf.pages)
        assert not re.search(r"联系人|联系电话|负责人|0\d{2,3}-\d{7,8}", text)


# Reading against gold -------------------------------------------------------------------------------------------------


REMARKS = ("explanation", "deviation", "note")


def differences(gold: Any, got: Any, place: str = "") -> list[str]:
    """Given gold and extracted JSON, return a line for each thing in gold that was read otherwise.

    What gold leaves out is not compared; null in gold says that nothing may be there. Lists keep the printed order.
    """
    if isinstance(gold, dict):
        got = got or {}
        # Which of the three columns of remarks a text stands in is not compared, that it was kept is.
        kept = "\n".join(got.get(key) or "" for key in REMARKS)
        lost = [f"{place}.{key}: {gold[key]!r} was lost" for key in REMARKS if (gold.get(key) or "") not in kept]
        keys = [key for key in gold if key not in REMARKS]
        return lost + [line for key in keys for line in differences(gold[key], got.get(key), f"{place}.{key}")]
    if isinstance(gold, list):
        got = got or []
        lines = [] if len(gold) == len(got) else [f"{place}: {len(gold)} are printed, {len(got)} were read"]
        for number, (printed, read) in enumerate(zip(gold, got, strict=False), 1):
            lines += differences(printed, read, f"{place}[{number}]")
        return lines
    same = gold == got or (_number(gold) is not None and _number(gold) == _number(got))
    return [] if same else [f"{place}: printed {gold!r}, read {got!r}"]


def _number(value: Any) -> Any:
    return Decimal(value) if isinstance(value, str) and re.fullmatch(r"-?\d+(\.\d+)?", value) else None


COMPARED = ("document", "projects")


@pytest.mark.parametrize("path", DOCUMENTS, ids=named)
def test_reading_a_document_gives_its_gold_file(path):
    from extract.batch import read_disclosure

    got = contract.to_json(read_disclosure(path).disclosure)
    gold = gold_of(path)
    assert [line for part in COMPARED for line in differences(gold[part], got.get(part), part)] == []


def test_a_difference_is_told():
    gold = {"a": [{"raw": "≥98%", "value": "98"}], "b": None}
    assert differences(gold, {"a": [{"raw": "≥98%", "value": "98.0"}], "c": 1}) == []
    assert differences(gold, {"a": [], "b": "x"}) == [".a: 1 are printed, 0 were read", ".b: printed None, read 'x'"]


# Random disclosures ---------------------------------------------------------------------------------------------------


def test_random_disclosures_follow_their_seed_and_say_whose_peers_they_are(tmp_path):
    for name in ("one", "two", "other"):
        (tmp_path / name).mkdir()
        generate.make_random(tmp_path / name, 12, 2 if name == "other" else 1, "json")
    texts = [
        {path.name: path.read_text("utf-8") for path in (tmp_path / name).iterdir()} for name in ("one", "two", "other")
    ]
    assert texts[0] == texts[1] != texts[2]
    known = {(path.name, project["name"]) for path in DOCUMENTS for project in gold_of(path)["projects"]}
    peers = json.loads(texts[0].pop("peers.json"))
    assert {(peer["peer_of"]["file"], peer["peer_of"]["project"]) for peer in peers} <= known
    golds = [json.loads(text) for text in texts[0].values()]
    assert sum(len(gold["projects"]) for gold in golds) == len(peers)


def test_a_random_disclosure_reads_as_its_gold_file_says(tmp_path):
    from extract.batch import read_disclosure

    if not fonts.SONG.path.exists():
        pytest.skip("typesetting needs Debian's package fonts-noto-cjk")
    generate.make_random(tmp_path, 3, 5, "docx")
    for path in sorted(tmp_path.glob("*.docx")):
        got, gold = contract.to_json(read_disclosure(path).disclosure), gold_of(path)
        assert [line for part in COMPARED for line in differences(gold[part], got.get(part), part)] == []
