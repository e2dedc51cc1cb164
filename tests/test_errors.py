"""What pages and the command line say of errors: every sentence of the program has its Chinese, and the list has none that
nobody says."""

from __future__ import annotations

import ast
import errno
import itertools
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import click
import pytest

from graph.errors import AmbiguousError
from ontology.errors import in_chinese, read_sentences
from ontology.vocabulary import DataError, read_data
from ui.i18n import Texts
from ui.wrong import told

ROOT = Path(__file__).parents[1]
NOT_OF_PEOPLE = {"graph/endpoint_worker.py", "graph/mapping.py", "graph/serve.py", "extract/errors.py"}
"""What only the endpoint says, in English."""
NOT_ALONE = (".rq is no SELECT", "has tables of more than", "has no attribute", "⟨⟩: ⟨⟩")
"""Sentences of a defect of ours, and those that are said as a part of another."""
SYSTEM = {
    errno.ENOENT,
    errno.EACCES,
    errno.ENOSPC,
    errno.EROFS,
    errno.EISDIR,
    errno.EMFILE,
    errno.EDQUOT,
    errno.ENAMETOOLONG,
    errno.EFBIG,
    errno.EADDRNOTAVAIL,
}


@cache
def _modules() -> tuple[tuple[str, ast.Module, _Said], ...]:
    return tuple((name, tree, _Said(tree)) for name, tree in _trees())


def _trees() -> Iterator[tuple[str, ast.Module]]:
    paths = [*ROOT.glob("extract/**/*.py"), *ROOT.glob("graph/*.py"), ROOT / "ontology" / "decisions.py"]
    paths += [ROOT / f"{name}.py" for name in ("deciding", "originals", "pipeline", "drafting", "draft_worker", "pikg")]
    paths += ROOT.glob("ui/*.py")
    for path in sorted(paths):
        name = path.relative_to(ROOT).as_posix()
        if name not in NOT_OF_PEOPLE:
            yield name, ast.parse(path.read_text("utf-8"))


def _texts(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


class _Said:
    """The sentences that a module's errors say, with ⟨⟩ for what is filled in."""

    def __init__(self, tree: ast.Module) -> None:
        self.functions = {node.name: node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
        self.found: dict[str, int] = {}
        for function in self.functions.values():
            for node in ast.walk(function):
                if isinstance(node, ast.Call) and self._is_error(node.func) and node.args:
                    for sentence in self.variants(node.args[0], function) or ():
                        self.found[sentence] = node.lineno
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "FileSummary":
                    for sentence in self.variants(node.args[2], function) or () if len(node.args) > 2 else ():
                        self.found[sentence] = node.lineno

    @staticmethod
    def _is_error(called: ast.expr) -> bool:
        given_up = {"DataError", "ValueError", "TypeError", "KeyError", "RuntimeError", "FileNotFoundError"}
        name = called.id if isinstance(called, ast.Name) else called.attr if isinstance(called, ast.Attribute) else ""
        return name.endswith(("Error", "ClickException")) and name not in given_up | {"_RequestError"}

    def variants(self, node: ast.expr, inside: ast.AST) -> list[str] | None:
        """What an expression may say; None where that can't be told from it."""
        match node:
            case ast.Constant(value=str(text)):
                return [text]
            case ast.JoinedStr(values=pieces):
                said = [self.variants(one, inside) or ["⟨⟩"] for one in pieces]
                return ["".join(parts) for parts in itertools.product(*said)]
            case ast.FormattedValue(value=value):
                return self.variants(value, inside)
            case ast.IfExp(body=one, orelse=other):
                both = (self.variants(one, inside), self.variants(other, inside))
                return [*both[0], *both[1]] if both[0] is not None and both[1] is not None else None
            case ast.Name(id=name):
                given = [
                    one.value
                    for one in ast.walk(inside)
                    if isinstance(one, ast.Assign)
                    and isinstance(one.targets[0], ast.Name)
                    and one.targets[0].id == name
                ]
                return self.variants(given[0], inside) if len(given) == 1 else None
            case ast.Call(func=ast.Name(id=name)) if name in self.functions and name.startswith("_"):
                function = self.functions[name]
                answers = [one.value for one in ast.walk(function) if isinstance(one, ast.Return) and one.value]
                told = [self.variants(answer, function) for answer in answers]
                return [text for some in told for text in some or ()] or None
        return None


def test_every_error_that_people_may_meet_has_its_chinese() -> None:
    missing = [
        f"{name}:{line}: {sentence}"
        for name, _, errors in _modules()
        for sentence, line in errors.found.items()
        if in_chinese(sentence) is None and not any(part in sentence for part in NOT_ALONE)
    ]
    assert not missing, "add them to ontology/data/errors.yaml:\n" + "\n".join(missing)


def test_no_sentence_of_the_list_is_one_that_nobody_says() -> None:
    said = [os.strerror(number) for number in SYSTEM] + ["[Errno ", "Name or service not known"]
    for _, tree, errors in _modules():
        said += _texts(tree)
        said += errors.found
    for module in (click.core, click.exceptions, click.parser, click.types):
        said += [text.replace("!r}", "}") for text in _texts(ast.parse(Path(module.__file__ or "").read_text("utf-8")))]
    whole = "\n".join(said)
    unsaid = []
    for english in read_sentences(read_data("errors.yaml")):
        longest = max((piece.partition("}")[2] for piece in f"}}{english}".split("{")), key=len)
        if longest.strip(" .:")[:30] not in whole:
            unsaid.append(english)
    assert not unsaid


def test_what_is_filled_in_stands_in_the_chinese() -> None:
    assert in_chinese("预算.pdf: the PDF is encrypted. Save a copy without a password and read that.") == (
        "预算.pdf：PDF 已加密。请另存一份不带密码的，再读那一份。"
    )
    asked = "line 2, column 7: DELETE is refused: queries only read; documents come into the store by `pikg ingest`"
    assert in_chinese(asked) == "第 2 行第 7 列：不能用 DELETE：查询只读；文件由 `pikg ingest` 读入"
    assert in_chinese("[Errno 28] No space left on device: '/a'") == "'/a'：磁盘已满（28）"
    assert in_chinese("MemoryError") is None
    assert in_chinese("the query can't be understood: " + "x" * 5000) is None


def test_a_page_says_an_error_in_its_language_and_marks_what_stays_english() -> None:
    known = AmbiguousError(
        "several units have that name: 中心; give more of the name, or the IRI", ["甲 <a>", "乙 <b>"]
    )
    chinese = "<span>有几个单位叫这个名称：中心；请写得更完整，或用 IRI</span>；甲 &lt;a&gt;；乙 &lt;b&gt;"
    assert told(known, Texts("zh")) == chinese
    assert told("MemoryError", Texts("zh")) == '<span lang="en">MemoryError</span>'
    assert told("MemoryError", Texts("en")) == "<span>MemoryError</span>"


@pytest.mark.parametrize(
    "wrong",
    [[], {"errors": {"a": ""}}, {"errors": {"{file} is bad": "坏了"}}, {"errors": {"{a} {a}": "{a} {a}"}}],
)
def test_a_list_that_is_wrong_is_refused(wrong: object) -> None:
    with pytest.raises(DataError):
        read_sentences(wrong)
