"""What a proposed identity is, its score, and its triples.

Given what speaks for it, `propose` returns a proposal that two things may be one, or that one may be a part of the
other, with the score that the reasons leave; None where that is too low (ontology/data/identities.yaml).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from rdflib import RDF, RDFS
from rdflib.term import URIRef

from graph.naming import Difference
from graph.store import Triple
from graph.terms import decimal_literal, iri, text_literal
from ontology.decisions import IdentityVerdict
from ontology.identities import identity_rules
from ontology.keys import proposed_identity_key
from ontology.namespaces import PIKG, Namespace, concept

_TWO_PLACES = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Proposal:
    """That one thing may be another, or a part of it (`relation`): a score from 0 to 1, and the reasons for it."""

    relation: str
    one: str
    other: str
    names: tuple[str, str]
    score: Decimal
    reasons: tuple[Difference, ...]


def map_identities(
    proposals: Iterable[Proposal], namespace: Namespace, verdicts: Mapping[tuple[str, str, str], IdentityVerdict]
) -> Iterator[Triple]:
    """Given proposals, the workspace's base IRI and what people judged of them, return their triples."""
    reasons = identity_rules().reasons
    for proposal in proposals:
        things = (proposal.one.removeprefix(namespace.base), proposal.other.removeprefix(namespace.base))
        node = iri(namespace.proposed_identity(proposed_identity_key(proposal.relation, *things)))
        yield node, RDF.type, _term("ProposedIdentity")
        yield node, _term("relation"), iri(concept("identity_relation", proposal.relation))
        yield node, _term("thing"), iri(proposal.one)
        yield node, _term("otherThing"), iri(proposal.other)
        yield node, _term("likelihood"), decimal_literal(proposal.score)
        verdict = verdicts.get((proposal.relation, *things))
        yield node, _term("status"), iri(concept("identity_status", verdict.verdict if verdict else "proposed"))
        mine, theirs = proposal.names
        for language, said in (
            ("zh", f"“{mine}”可能{'就是' if proposal.relation == 'same' else '属于'}“{theirs}”"),
            ("en", f"“{mine}” may be {'the same as' if proposal.relation == 'same' else 'a part of'} “{theirs}”"),
        ):
            yield node, RDFS.label, text_literal(said, language)
        for language in ("zh", "en"):
            said = "; ".join(_told(getattr(reasons[r.reason], language), r, language) for r in proposal.reasons)
            yield (
                node,
                _term("evidence"),
                text_literal(said.replace("; ", "；") if language == "zh" else said, language),
            )
        for reason in proposal.reasons:
            yield node, _term("reason"), iri(concept("identity_reason", reason.reason))


def _told(label: str, reason: Difference, language: str) -> str:
    """A reason with what is printed on either side of it."""
    if not reason.mine and not reason.theirs:
        return label
    nothing = "无" if language == "zh" else "nothing"
    sides = (reason.mine or nothing, reason.theirs or nothing)
    return f"{label}（{sides[0]} ｜ {sides[1]}）" if language == "zh" else f"{label} ({sides[0]} | {sides[1]})"


def _term(name: str) -> URIRef:
    return URIRef(PIKG + name)


def score_of(reasons: Iterable[Difference]) -> Decimal:
    """Given reasons, return the score that they leave: the product of what each of them keeps."""
    score, known = Decimal(1), identity_rules().reasons
    for reason in reasons:
        score *= known[reason.reason].keeps
    return score.quantize(_TWO_PLACES)


def propose(
    relation: str, one: str, other: str, names: tuple[str, str], reasons: Sequence[Difference]
) -> Proposal | None:
    """Given a relation, two IRIs, their names and the reasons, return the proposal; None where it is below the line."""
    score = score_of(reasons)
    if score < identity_rules().shown_from:
        return None
    return Proposal(relation, one, other, names, score, tuple(reasons))
