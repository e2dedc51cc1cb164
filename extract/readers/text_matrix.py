"""A raw table as rows of entries of one width, each with what it prints and where: what the repairs work on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from extract.normalize import clean_text
from extract.readers.text_clean import clean_cell, repair_figure, repair_glyphs, strip_marks
from extract.readers.text_lines import RawRow, RawTable
from ontology.issues import issue
from ontology.records import Issue, Place, PrintedCell


@dataclass(slots=True)
class Entry:
    """What stands at a position: its text as it is read, and the cells that print it, at their places.

    `covered` says that the file itself calls the position part of a merged cell, `columns` how many positions a text covers
    that was cut into several cells. `pieces` are its parts between spaces: where a scan's cell wraps, its lines.
    """

    text: str
    parts: tuple[PrintedCell, ...] = ()
    covered: bool = False
    columns: int = 1
    pieces: tuple[str, ...] = ()

    @property
    def is_blank(self) -> bool:
        """Whether nothing is printed here."""
        return not self.text


@dataclass(slots=True)
class Row:
    """A row's entries; whether a blank line, which may be a page break, stands before it; whether the text gave it fewer
    cells than the table has columns."""

    entries: list[Entry]
    after_break: bool = False
    printed: int = 0

    def filled(self) -> list[int]:
        """The columns, from 0, in which something is printed."""
        return [column for column, entry in enumerate(self.entries) if entry.text]

    def texts(self) -> list[str]:
        """The texts of the entries, blank ones too."""
        return [entry.text for entry in self.entries]


@dataclass(slots=True)
class Matrix:
    """A table under repair. `notes` says what was decided and on what evidence, `issues` what remains doubtful.

    `loose` says that blank cells have left no trace: a row's cells are in order, their columns unknown.
    """

    number: int
    rows: list[Row]
    loose: bool = False
    notes: list[str] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)

    @property
    def width(self) -> int:
        """The number of columns."""
        return len(self.rows[0].entries) if self.rows else 0

    def place(self, row: int, column: int | None = None) -> Place:
        """The place at which a row, or what stands at a position of it, is printed."""
        entries = self.rows[row].entries
        chosen = entries[column] if column is not None else next((one for one in entries if one.parts), None)
        if chosen is None or not chosen.parts:
            return Place(table=self.number, row=row + 1)
        place = chosen.parts[0].place
        return place if column is not None else replace(place, column=None)

    def report(self, code: str, row: int, column: int | None = None, **details: object) -> None:
        """Note an issue at a place."""
        self.issues.append(issue(code, self.place(row, column), **details))


_LONGEST_WITH_PIECES = 200


def make_matrix(table: RawTable, number: int) -> Matrix:
    """Given a raw table and its number in the document, return its entries, without rows and columns that are blank."""
    width = table.width()
    rows = [_make_row(row, width, number, at) for at, row in enumerate(table.rows, 1)]
    kept = [row for row in rows if any(entry.text or entry.covered for entry in row.entries)]
    used = [column for column in range(width) if any(row.entries[column].text for row in kept)]
    last = used[-1] + 1 if used else 0
    # A blank column at the right is nobody's; one inside may be a merged cell's further column in every row.
    for row in kept:
        row.entries = row.entries[:last]
    return Matrix(number, kept, table.notation == "lines", list(table.notes))


def _make_row(row: RawRow, width: int, number: int, at: int) -> Row:
    entries: list[Entry] = []
    for column, printed in enumerate(row.cells, 1):
        place = Place(table=number, row=at, column=column)
        if printed is None:
            entries.append(Entry("", (PrintedCell(place, ""),), covered=True))
            continue
        bare = strip_marks(printed)
        text = repair_glyphs(repair_figure(clean_cell(printed)))
        pieces = tuple(bare.split()) if len(bare) < _LONGEST_WITH_PIECES else ()
        entries.append(Entry(text, (PrintedCell(place, clean_text(bare)),), pieces=pieces))
    entries += [Entry("", (PrintedCell(Place(table=number, row=at, column=column), ""),))
                for column in range(len(entries) + 1, width + 1)]  # fmt: skip
    return Row(entries, row.after_break, len(row.cells))


def merge_entries(entries: Sequence[Entry], text: str) -> Entry:
    """Given the entries of one text that was cut, and the text, return them as one entry that covers their columns."""
    parts = tuple(part for entry in entries if entry.text for part in entry.parts)
    return Entry(text, parts or entries[0].parts, columns=sum(entry.columns for entry in entries))


def blank_like(entry: Entry) -> Entry:
    """A blank entry at the place of another."""
    return Entry("", tuple(replace(part, text="") for part in entry.parts[:1]))


def columns_of(row: Row) -> Iterator[tuple[int, Entry]]:
    """The entries of a row with the column, from 0, at which each begins; what a cut text covers is skipped."""
    column = 0
    while column < len(row.entries):
        entry = row.entries[column]
        yield column, entry
        column += entry.columns
