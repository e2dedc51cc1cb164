"""Forms of many provinces, as files of every format, are read as a careful reader reads them.

The files and what must come of them are made from facts by formfiles/make.py; no reader takes part in that.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest
from formfiles.cases import CASES, Case
from formfiles.compare import differences
from formfiles.gold import document_gold
from golden import DATA, cases

from extract.batch import read_disclosure
from ontology.contract import to_json

FORMS = cases("formfiles")


@pytest.mark.parametrize("case", FORMS, ids=lambda case: case.name)
def test_form_file(case: Path) -> None:
    (source,) = case.glob("document.*")
    expected = json.loads((case / "expected.json").read_text("utf-8"))
    got = to_json(read_disclosure(source).disclosure)
    assert differences(expected, got) == []


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_what_is_expected_comes_from_the_facts(case: Case) -> None:
    written = (DATA / "formfiles" / case.name / "expected.json").read_text("utf-8")
    assert json.loads(written) == document_gold(case.make().forms)


def test_there_are_as_many_cases_as_ever() -> None:
    formats = Counter(source.suffix for case in FORMS for source in case.glob("document.*"))
    assert formats == {".pdf": 25, ".docx": 11, ".xlsx": 12, ".xls": 4, ".html": 9}


def test_what_differs_is_told() -> None:
    expected = {"projects": [{"name": "甲", "funding": [], "indicators": [{"tier3": "数", "weight": "10"}]}]}
    got = {"projects": [{"name": "甲", "funding": [], "indicators": [{"tier3": "数", "weight": "9"}]}]}
    assert differences(expected, got) == [".projects[甲].indicators[数].weight: expected '10', got '9'"]
    assert differences(expected, expected) == []
