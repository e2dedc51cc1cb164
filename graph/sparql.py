"""SPARQL as text: its tokens, the graphs that it names, and where a query that can't be read goes wrong.

Oxigraph's grammar knows no word boundaries ("SERVICE<…>", "SERVICE:x" and "FROMNAMED<…>" are all understood), and
whether "<" opens an IRI or compares depends on the grammar. So `read_tokens` follows both readings wherever both are
possible: a keyword can't hide behind a comparison that looks like an IRI, or in a string that isn't one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urljoin

from graph.errors import QueryError

_LOCAL = r"(?:[\w:]|%[0-9A-Fa-f]{2}|\\.)"
_PREFIX = r"[^\W\d_](?:[\w.\-·]*[\w\-·])?"
_TOKEN = re.compile(
    rf"""
      (?P<space>\s+|\#[^\n\r]*)
    | (?P<string>\"\"\"(?:[^\\]|\\.)*?\"\"\"|'''(?:[^\\]|\\.)*?'''|"(?:[^"\\\n\r]|\\.)*"|'(?:[^'\\\n\r]|\\.)*')
    | (?P<iri><(?:[^\x00-\x20<>"{{}}|^`\\]|\\u[0-9A-Fa-f]{{4}}|\\U[0-9A-Fa-f]{{8}})*>)
    | (?P<variable>[?$]\w+)
    | (?P<blank>_:[\w.\-·]*)
    | (?P<word>(?:{_PREFIX})?:{_LOCAL}*(?:[.\-]+{_LOCAL}+)*|{_PREFIX})
    | (?P<sign>.)
    """,
    re.VERBOSE | re.DOTALL,
)

# "<http://…>" can only be an IRI: no expression goes on with "//" after a name.
_SURELY_IRI = re.compile(r"<[^#']*//")


@dataclass(frozen=True, slots=True)
class Token:
    """A token and where it starts; kind is string, iri, variable, blank, word (keyword or prefixed name) or sign."""

    kind: str
    text: str
    start: int

    @property
    def end(self) -> int:
        """Where the next token may start."""
        return self.start + len(self.text)


def _match(sparql: str, start: int) -> Token:
    found = _TOKEN.match(sparql, start)
    if found is None:  # every character matches as a sign at least
        raise QueryError("the query can't be split into words")
    kind = next(name for name in ("space", "string", "iri", "variable", "blank", "word", "sign") if found[name])
    return Token(kind, found[0], start)


def read_tokens(sparql: str) -> list[Token]:
    """Given a query, return every token of every possible reading, by place, without white space and comments."""
    todo, seen, tokens = [0], {0}, []
    while todo:
        start = todo.pop()
        if start >= len(sparql):
            continue
        token = _match(sparql, start)
        if token.kind != "space":
            tokens.append(token)
        ends = {token.end}
        if token.kind == "iri" and not _SURELY_IRI.match(token.text):
            tokens.append(Token("sign", "<", start))
            ends.add(start + 1)
        todo.extend(end for end in ends if end not in seen)
        seen |= ends
    return sorted(tokens, key=lambda token: (token.start, -len(token.text)))


def _next(sparql: str, token: Token) -> Token | None:
    """The token after a token, in the reading that takes "<…>" for an IRI."""
    start = token.end
    while start < len(sparql):
        following = _match(sparql, start)
        if following.kind != "space":
            return following
        start = following.end
    return None


def position(sparql: str, offset: int) -> tuple[int, int]:
    """Given an offset in a text, return its line and column, counted from 1."""
    before = sparql[:offset]
    return before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1


@dataclass(frozen=True, slots=True)
class GraphReference:
    """A graph after FROM or FROM NAMED: its IRI (None where its prefix isn't declared), as typed, and where."""

    iri: str | None
    text: str
    named: bool
    line: int
    column: int


_ESCAPED = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")


def _read_iri(token: Token) -> str:
    """The IRI that a token "<…>" stands for, its escapes resolved; one that stands for no character is left."""

    def character(match: re.Match[str]) -> str:
        code = int(match[1] or match[2], 16)
        return chr(code) if code <= 0x10FFFF else match[0]

    return _ESCAPED.sub(character, token.text[1:-1])


def _declarations(sparql: str, tokens: list[Token], prefixes: Mapping[str, str]) -> tuple[dict[str, str], str]:
    declared, base = dict(prefixes), ""
    for token in tokens:
        if token.kind != "word" or token.text.lower() not in ("prefix", "base"):
            continue
        name = _next(sparql, token)
        if name is not None and token.text.lower() == "base" and name.kind == "iri":
            base = _read_iri(name)
        iri = _next(sparql, name) if name is not None else None
        if name is not None and iri is not None and name.text.endswith(":") and iri.kind == "iri":
            declared[name.text[:-1]] = urljoin(base, _read_iri(iri))
    return declared, base


def find_graph_references(sparql: str, prefixes: Mapping[str, str]) -> list[GraphReference]:
    """Given a query and the prefixes that it may use undeclared, return the graphs after FROM and FROM NAMED."""
    if "from" not in sparql.lower():
        return []
    tokens = read_tokens(sparql)
    declared, base = _declarations(sparql, tokens, prefixes)
    references = []
    for token in tokens:
        if token.kind != "word" or token.text.lower() not in ("from", "fromnamed"):
            continue
        following = _next(sparql, token)
        named = token.text.lower() == "fromnamed"
        if following is not None and following.kind == "word" and following.text.lower() == "named":
            named, following = True, _next(sparql, following)
        if following is None or following.kind not in ("iri", "word"):
            continue  # no query can be read so: its parser will say
        iri: str | None
        if following.kind == "iri":
            iri = urljoin(base, _read_iri(following))
        else:
            prefix, _, local = following.text.partition(":")
            iri = declared[prefix] + re.sub(r"\\(.)", r"\1", local) if prefix in declared else None
        references.append(GraphReference(iri, following.text, named, *position(sparql, following.start)))
    return references


def _undeclared(sparql: str, prefixes: Mapping[str, str]) -> Token | None:
    tokens = read_tokens(sparql)
    declared, _ = _declarations(sparql, tokens, prefixes)
    for token in tokens:
        if token.kind == "word" and ":" in token.text:
            prefix = token.text.partition(":")[0]
            if prefix not in declared:
                return token
    return None


def _words(message: str) -> Iterator[str]:
    """What Oxigraph says in words, beside the characters that it expected."""
    for part in re.sub(r"\[[^\]]*\]|\"[^\"]*\"", "", message.partition("expected")[2]).split(","):
        sentence = part.removeprefix(" one of").strip()
        if " " in sentence and sentence[0].isalpha() and not sentence.startswith("Prefix not found"):
            yield sentence


def _near(sparql: str, offset: int) -> str:
    token = _match(sparql, offset) if offset < len(sparql) else None
    return f"near {token.text[:40]!r}" if token is not None and token.kind != "space" else "at its end"


def syntax_error(sparql: str, message: str, prefixes: Mapping[str, str], *, thorough: bool = True) -> QueryError:
    """Given a query that Oxigraph can't read and its message, return an error with the best line and column known.

    Oxigraph tells the furthest place that its grammar looked at, up to a keyword's length beyond the mistake; rdflib's
    parser, which is slower (it is left out where the answer need not be thorough) and knows less of SPARQL 1.2, mostly
    tells the word itself.
    """
    undeclared = _undeclared(sparql, prefixes)
    if undeclared is not None:
        prefix = undeclared.text.partition(":")[0]
        line, column = position(sparql, undeclared.start)
        advice = f"put PREFIX {prefix}: <…> at the top"
        return QueryError(f"line {line}, column {column}: the prefix {prefix}: is not declared; {advice}", line, column)
    told = ", ".join(_words(message))
    offset = _rdflib_offset(sparql) if thorough else None
    if offset is not None:
        line, column = position(sparql, offset)
        reason = f" ({told})" if told else ""
        text = f"line {line}, column {column}: the query can't be understood {_near(sparql, offset)}{reason}"
        return QueryError(text, line, column)
    place = re.search(r"error at (\d+):(\d+)", message)
    if place is None:
        return QueryError(f"the query can't be understood: {message}")
    # Never beyond the text as it was typed: what was asked may have had a LIMIT put behind it.
    line, column = min((int(place[1]), int(place[2])), position(sparql, len(sparql)))
    if told:
        return QueryError(f"line {line}, column {column} or before: {told}", line, column)
    return QueryError(f"line {line}, column {column} or before: the query can't be understood", line, column)


def _rdflib_offset(sparql: str) -> int | None:
    from pyparsing import ParseBaseException  # noqa: PLC0415 - a quarter of a second that only a mistyped query pays
    from rdflib.plugins.sparql.parser import parseQuery  # noqa: PLC0415

    try:
        parseQuery(sparql)
    except ParseBaseException as error:
        return error.loc
    except RecursionError:
        return None
    return None


_NUMBER = re.compile(r"(?:\s|#[^\n\r]*)*([0-9]+)")
_FORMS = frozenset({"select", "ask", "construct", "describe"})


def limit_rows(sparql: str, limit: int) -> str:
    """Given a query and a number of rows, return it such that a SELECT gives no more than them; other forms, and a
    SELECT that asks for fewer itself, as they are."""
    form, braces, brackets, closed, start = None, 0, 0, False, 0
    while start < len(sparql):
        token = _match(sparql, start)
        start = token.end
        if token.kind == "sign":
            # A SELECT's own line may hold a group too, in brackets: (EXISTS { … } AS ?x).
            brackets += {"(": 1, ")": -1}.get(token.text, 0)
            if brackets == 0 and token.text in "{}":
                braces += 1 if token.text == "{" else -1
                closed = closed or (token.text == "}" and braces == 0)
            continue
        if token.kind != "word" or braces or brackets:
            continue
        word = token.text.lower()
        if form is None and word in _FORMS:
            form = word
        elif form == "select" and closed and word == "limit":
            given = _NUMBER.match(sparql, token.end)
            if given is None or int(given[1]) <= limit:
                return sparql
            return f"{sparql[: given.start(1)]}{limit}{sparql[given.end(1) :]}"
        elif form == "select" and closed and word == "values":
            return f"{sparql[: token.start]}LIMIT {limit} {sparql[token.start :]}"
    return f"{sparql}\nLIMIT {limit}" if form == "select" else sparql
