"""Strict reading of the data files of ontology/: bad data stops the program, and the message names file and entry.

Given the name of a file under `ontology/data`, `read_data` returns its content; the modules beside this one
(`labels`, `units`, `measures`, `regions` ...) turn it into typed views. Labels are compared by `fold_label`: the way
a careful reader takes "资 金 总 额：" and "资金总额" for the same words.
"""

from __future__ import annotations

import unicodedata
from functools import cache
from importlib.resources import files
from typing import Any

import yaml


class DataError(ValueError):
    """A data file of ontology/ is wrong; the message names the file, the entry and what to do."""

    def __init__(self, file: str, entry: str, problem: str) -> None:
        super().__init__(f"ontology/data/{file}: {entry}: {problem}")
        self.file, self.entry, self.problem = file, entry, problem


class _StrictLoader(yaml.SafeLoader):
    """YAML that refuses a key given twice, which plain YAML would silently overwrite."""


def _strict_mapping(loader: _StrictLoader, node: yaml.MappingNode) -> dict[Any, Any]:
    seen: dict[Any, Any] = {}
    for key_node, value_node in node.value:
        key = loader.construct_object(key_node, deep=True)
        if key in seen:
            raise yaml.constructor.ConstructorError(None, None, f"key {key!r} is given twice", key_node.start_mark)
        seen[key] = loader.construct_object(value_node, deep=True)
    return seen


_StrictLoader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _strict_mapping)


def parse_data(file: str, text: str) -> Any:
    """Given a data file's name and text, return its content; raise DataError where it is not sound YAML."""
    try:
        return yaml.load(text, Loader=_StrictLoader)  # a SafeLoader with a stricter mapping
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"line {mark.line + 1}" if mark is not None else "the file"
        raise DataError(file, where, getattr(error, "problem", None) or "is not valid YAML") from error


def read_text(file: str) -> str:
    """Given the name of a file under ontology/data, return its text."""
    return (files("ontology") / "data" / file).read_text("utf-8")


@cache
def data_files() -> frozenset[str]:
    """Return the names of the files under ontology/data."""
    return frozenset(entry.name for entry in (files("ontology") / "data").iterdir() if entry.is_file())


@cache
def read_data(file: str) -> Any:
    """Given the name of a YAML file under ontology/data, return its content (read once; do not change it)."""
    return parse_data(file, read_text(file))


_LABEL_DROPS = dict.fromkeys(map(ord, ":;.,、*·_-—/|\"'"))


def fold_label(text: str) -> str:
    """Given a printed label, return the form in which labels are compared: NFKC, no white space, no punctuation
    but brackets, Latin letters in lower case."""
    folded = unicodedata.normalize("NFKC", text).lower()
    return "".join(folded.translate(_LABEL_DROPS).split())
