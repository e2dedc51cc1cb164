"""The page of imports, where a reader does something else while it stores."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest
from streamlit.runtime.scriptrunner import StopException

from drafting import Stored
from ui import import_page
from ui.i18n import Texts


def test_a_reader_who_leaves_while_files_are_stored_leaves_no_draft_that_does_not_know_it(monkeypatch) -> None:
    noted: list[str] = []

    def store(_: Path, tell: Callable[[int, int], None]) -> Stored:
        for stored in range(3):
            tell(stored, 2)
        noted.append("stored")
        return Stored(("a", "b"))

    @contextmanager
    def spinner(text: str) -> Iterator[None]:
        if shown:
            raise StopException
        shown.append(text)
        yield

    shown: list[str] = []
    monkeypatch.setattr(import_page.st, "spinner", spinner)
    with pytest.raises(StopException):
        import_page._store(SimpleNamespace(folder=Path("store")), SimpleNamespace(store=store), Texts("en"))
    assert noted == ["stored"]
