"""The published documents, their gold readings and the scorers: they lie beside a checkout and are no part of it."""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"
CORPUS = SHARED / "corpus"

needs_shared = pytest.mark.skipif(
    not (SHARED / "gold").is_dir(),
    reason="the published documents and their gold readings (../shared) are not beside the checkout",
)
