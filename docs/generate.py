"""Writes the pages of docs/ that are made from code and data anew: `python docs/generate.py` (or `make docs`).

With `--examples` the example results in graph/queries/*.rq are asked anew of the shipped examples first.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import click
from rdflib import Graph, URIRef

from graph.mapping import map_disclosure
from graph.queries import named_queries
from graph.query_reference import render_reference
from ontology import reference
from ontology.contract_schema import SCHEMA_FILE, json_schema
from ontology.namespaces import PREFIXES, Namespace
from ontology.records import (
    Box,
    Disclosure,
    DocumentInfo,
    Indicator,
    Place,
    PrintedCell,
    Project,
    Value,
)
from pikg import cli

ROOT = Path(__file__).resolve().parent.parent

_CLI_PREAMBLE = """# Command line

Made from the commands themselves by `python docs/generate.py`; don't edit it by hand.

Exit status of every command: 0 done; 1 something that was named could not be done (each told in a line on standard
error); 2 the call was not understood; 130 stopped by Ctrl-C, which leaves whole documents only. In a walked folder,
files of kinds that are not read are listed as passed over and don't count.

Output is UTF-8 on every platform. CSV that goes to a file begins with a byte order mark, so that Excel and WPS read it
as UTF-8; a text in it that a spreadsheet would take for a formula has an apostrophe in front. Tables for people are
folded at a terminal's edge and never cut; in a file or a pipe they are as wide as they must be.
"""


def render_cli() -> str:
    """Return the reference page of the command line as Markdown."""
    return _CLI_PREAMBLE + "".join(_section(cli, None, "pikg"))


def _section(command: click.Command, parent: click.Context | None, name: str) -> Iterator[str]:
    context = click.Context(command, parent, name, **{**command.context_settings, "terminal_width": 100})
    yield f"\n## {context.command_path}\n\n```\n{command.get_help(context)}\n```\n"
    if isinstance(command, click.Group):
        for child in command.list_commands(context):
            yield from _section(command.commands[child], context, child)


def _render_queries() -> str:
    return render_reference(named_queries().values())


def render_ontology() -> str:
    """Return the reference page of the vocabulary as Markdown."""
    return reference.render_reference(_example())


def _example() -> str:
    """One row of a form, as the graph of its document holds it, in Turtle."""
    cell = PrintedCell(Place(page=12, table=1, row=7, column=4, box=Box(310.5, 402.0, 361.25, 431.5)), "≥6万件")
    target = Value("≥6万件", "ge", Decimal(6), unit="万件", base_value=Decimal(60000), base_unit="件")
    row = Indicator(
        "产出指标", "数量指标", "受理工单数", target, "output", "quantity", "mof-2021", cells={"target": cell}
    )
    project = Project("t1-f1", "热线运行经费", "project", "target", fiscal_year=2024, indicators=(row,))
    # A hash that fits a line: a real one has 64 digits.
    disclosure = Disclosure(DocumentInfo("预算.pdf", "e3b0c442", kind="budget", fiscal_year=2024), "1", (project,))
    shown = Graph()
    shown.bind("pikg", PREFIXES["pikg"])
    shown.bind("concept", PREFIXES["concept"])
    wanted = f"{Namespace().form('e3b0c442', 1)}/row/1"
    for subject, predicate, value in map_disclosure(disclosure, Namespace()):
        if str(subject).startswith(wanted):
            shown.add((URIRef(str(subject)), predicate, value))
    return shown.serialize(format="turtle")


_TUTORIAL_PREAMBLE = """<!-- Made from docs/tutorial.ipynb by `python docs/generate.py`; don't edit it by hand. -->

"""
_TUTORIAL_END = """
*This is the notebook `docs/tutorial.ipynb` of the repository, which every test run executes from its first cell to the
chart. Open it in Jupyter to see the answers.*
"""


def render_tutorial() -> str:
    """Return the notebook as a page: its texts and its code, without outputs."""
    cells = json.loads((ROOT / "docs" / "tutorial.ipynb").read_text("utf-8"))["cells"]
    texts = ("".join(cell["source"]).strip() for cell in cells)
    shown = (
        f"```python\n{text}\n```" if cell["cell_type"] == "code" else text
        for cell, text in zip(cells, texts, strict=True)
    )
    return _TUTORIAL_PREAMBLE + "\n\n".join(shown) + "\n" + _TUTORIAL_END


def render_schema() -> str:
    """Return the JSON Schema of the contract."""
    return json.dumps(json_schema(), ensure_ascii=False, indent=2) + "\n"


PAGES: dict[str, Callable[[], str]] = {
    "cli.md": render_cli,
    "queries.md": _render_queries,
    "tutorial.md": render_tutorial,
    "ontology.md": render_ontology,
    f"../ontology/{SCHEMA_FILE}": render_schema,
}
"""The generated pages, by their path from docs/, and what renders them."""


def write_examples() -> None:
    """Ask the shipped examples each named query with what its example is given, and write what they answer to its
    file."""
    from graph.query_examples import read_example, write_example  # noqa: PLC0415 - reading the examples takes a while
    from pipeline import ingest_examples, open_store  # noqa: PLC0415

    with TemporaryDirectory() as folder:
        ingest_examples(Path(folder, "store"))
        with open_store(Path(folder, "store"), create=False) as store:
            for name, query in named_queries().items():
                given = query.example.given if query.example else {}
                example = read_example(query, given, store.named(name, **given))
                path = ROOT / "graph" / "queries" / f"{name}.rq"
                path.write_text(write_example(path.read_text("utf-8"), example), "utf-8", newline="\n")
    named_queries.cache_clear()


def main() -> None:
    """Write every page; with `--examples`, the example results of the named queries first."""
    if "--examples" in sys.argv[1:]:
        write_examples()
    for name, render in PAGES.items():
        (ROOT / "docs" / name).write_text(render(), "utf-8", newline="\n")


if __name__ == "__main__":
    main()
