"""Golden cases: a folder holds the source and what must come of it.

`PIKG_WRITE_EXPECTED=1 pytest ...` writes what came instead of comparing: review it as a diff before committing it.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from ontology.contract import to_json
from ontology.records import Disclosure

DATA = Path(__file__).parent / "data"
_PLACES = ("cells", "provenance", "file", "sha256", "extractor_version", "contract_version", "message", "currency")


def cases(area: str) -> list[Path]:
    """The case folders of an area, by name."""
    return sorted(path for path in (DATA / area).iterdir() if path.is_dir())


def without_places(value: Any) -> Any:
    """What a disclosure's JSON says, without where it stood."""
    if isinstance(value, dict):
        return {key: without_places(item) for key, item in value.items() if key not in _PLACES}
    return [without_places(item) for item in value] if isinstance(value, list) else value


def check(case: Path, disclosure: Disclosure) -> None:
    """Compare what was read with the case's expected.json."""
    got = without_places(to_json(disclosure))
    expected = case / "expected.json"
    if os.environ.get("PIKG_WRITE_EXPECTED"):
        expected.write_text(json.dumps(got, ensure_ascii=False, indent=1) + "\n", "utf-8")
    assert got == json.loads(expected.read_text("utf-8"))
