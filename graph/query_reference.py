"""docs/queries.md, made from the headers of graph/queries (docs/generate.py writes it)."""

from __future__ import annotations

from collections.abc import Iterable

from graph.queries import Example, NamedQuery, Parameter

_PREAMBLE = """# Named queries 命名查询

Made from the headers of `graph/queries/*.rq` by `python docs/generate.py`; don't edit it by hand.

`pikg query NAME --param key=value`, `pikg.run_named(store, "NAME", key=value)` and the app's SPARQL page answer them.
A parameter that is given twice, or as a list, means any of its values. Regions (a code, a full name or a short one),
units and projects (a unique part of the name) may be given by name or by IRI. Without a parameter that is not needed, a
query is not narrowed. Each file is plain SPARQL 1.1 that any server answers as it stands, for everything there is.
Forms that another edition supersedes are in no answer and no count.

| Query | 中文 | English |
|---|---|---|
"""


def render_reference(queries: Iterable[NamedQuery]) -> str:
    """Given the named queries, return the reference page as Markdown."""
    queries = list(queries)
    rows = [f"| [`{query.name}`](#{query.name}) | {query.title.zh} | {query.title.en} |\n" for query in queries]
    return _PREAMBLE + "".join(rows) + "".join(_section(query) for query in queries)


def _section(query: NamedQuery) -> str:
    parts = [f"\n## {query.name}\n\n{query.description.zh}\n\n{query.description.en}\n"]
    if query.parameters:
        parts.append("\n| Parameter | Type | Needed | 中文 | English |\n|---|---|---|---|---|\n")
        parts += [_parameter_row(parameter) for parameter in query.parameters]
    parts.append("\n| Column | 中文 | English |\n|---|---|---|\n")
    parts += [f"| `{column.name}` | {column.label.zh} | {column.label.en} |\n" for column in query.columns]
    return "".join(parts) + (_example(query, query.example) if query.example else "")


def _example(query: NamedQuery, example: Example) -> str:
    """What the query answers of the shipped examples, as a table of its first rows."""
    given = "".join(f" --param '{name}={value}'" for name, value in example.given.items())
    begin = f"\nOf the shipped examples 对随附示例: `pikg query {query.name}{given}`"
    if not example.rows:
        return f"{begin} has no row 无结果.\n"
    names = list(example.first[0])
    many = (
        f"{example.rows} rows, the first 行，前几行" if example.rows > len(example.first) else f"{example.rows} rows 行"
    )
    lines = [f"{begin} ({many}):\n\n| {' | '.join(names)} |\n|{'---|' * len(names)}\n"]
    lines += [f"| {' | '.join(row[name].replace('|', '/') for name in names)} |\n" for row in example.first]
    return "".join(lines)


def _parameter_row(parameter: Parameter) -> str:
    example = f" (as `{parameter.example}`)" if parameter.example is not None else ""
    needed = "yes" if parameter.required else "no"
    return (
        f"| `{parameter.name}` | {parameter.type} | {needed} | {parameter.label.zh} | {parameter.label.en}{example} |\n"
    )
