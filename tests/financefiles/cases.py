"""The cases: a drawing beside each file, the year it is for, its format."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

DATA = Path(__file__).resolve().parent.parent / "data" / "financefiles"


@dataclass(frozen=True, slots=True)
class Case:
    """A document: its folder's name (the format first), the year it is for, and its look."""

    name: str
    year: int
    look: dict[str, str] = field(default_factory=dict)

    @property
    def format(self) -> str:
        """The format that the name begins with."""
        return self.name.partition("-")[0]

    @property
    def folder(self) -> Path:
        """Where its drawing, its file and what is expected of it stand."""
        return DATA / self.name


CASES = (
    Case("pdf-ministry-accounts", 2023, {"font": "8pt"}),
    Case("xlsx-guangdong-budget", 2024),
    Case("html-jiangsu-budget", 2024),
    Case("docx-zhejiang-budget", 2025),
    Case("pdf-beijing-budget", 2024, {"font": "8pt"}),
    Case("xlsx-hunan-budget", 2024),
    Case("html-shaanxi-budget", 2024),
    Case("docx-xinjiang-budget", 2024),
)
