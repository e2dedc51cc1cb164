"""What one of it costs: the amounts and quantities of one form that belong together, and why the others don't.

Given a form's figures, `pair_form` returns its unit costs and what was left out. An amount is a cost indicator of the
form, or the project's whole funding where the form counts one thing only, which the project's name speaks of. What is
in doubt stays apart: a pair that doesn't belong together is worse than none. Words and sureness are data
(ontology/data/unit_costs.yaml).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_EVEN, Decimal
from functools import lru_cache
from typing import Literal

from graph.figures import (
    Figure,
    FigureRow,
    FormFigures,
    Role,
    count_factor,
    is_rate,
    read_figure,
    read_object,
    split_name,
)  # fmt: skip
from ontology.comparables import fold_text
from ontology.unit_costs import Count, Service, unit_cost_rules
from ontology.units import Unit, unit_list

Basis = Literal["planned", "achieved"]

_SAME = Decimal("0.01")
"""Amounts that differ by a hundredth or less are the same amount, printed with another rounding."""

_NEAR = Decimal("0.1")
"""A cost indicator that differs by no more from the funding is a rounded limit, not another amount."""

_STRENGTH = ("same_service", "object_within", "same_object")
"""What ties a cost to a quantity, the weakest first."""


@dataclass(frozen=True, slots=True)
class UnitCost:
    """An amount over a quantity: what one of it costs, in yuan, with its formula, its two sources and how sure it is.

    `service` is a kind of service of the data (None: only the names agree, then `object` says what it is), `per` the
    unit it is counted in. `bound` says whether it is at most ("le"), at least ("ge"), exactly ("eq") that, or about
    ("about"), as the printed signs have it. `reasons` are names in unit_costs.yaml.
    """

    form: FormFigures
    basis: Basis
    service: str | None
    object: str
    per: str
    value: Decimal
    bound: Literal["le", "ge", "eq", "about"]
    money: Figure
    quantity: Figure
    count: Decimal
    sure: float
    reasons: tuple[str, ...]

    @property
    def per_label(self) -> str:
        """The unit that it is counted in, in Chinese."""
        return unit_list().units[self.per].zh

    @property
    def formula(self) -> str:
        """The division, as a person checks it; behind it in which direction the printed signs bound it."""
        sign = {"le": " (≤)", "ge": " (≥)", "eq": "", "about": " (≈)"}[self.bound]
        money, count, value = map(_grouped, (self.money.number, self.count, self.value))
        return f"{money} 元 ÷ {count} {self.per_label} = {value} 元/{self.per_label}{sign}"


@dataclass(frozen=True, slots=True)
class LeftOut:
    """An amount or a quantity without a unit cost, or a unit cost that isn't counted: the reason's name in the data,
    and the figure (None: the project as a whole)."""

    form: FormFigures
    reason: str
    service: str | None = None
    figure: Figure | None = None


@dataclass(frozen=True, slots=True)
class _Tie:
    """A quantity that belongs to an amount, and by what."""

    quantity: Figure
    service: Service | None
    per: str
    factor: Decimal
    by: str

    @property
    def strength(self) -> int:
        return _STRENGTH.index(self.by)


def _grouped(number: Decimal) -> str:
    """As `plain`, with thousands set apart."""
    whole, point, rest = plain(number).partition(".")
    return f"{int(whole):,}{point}{rest}"


def plain(number: Decimal) -> str:
    """Given a number, return it without exponent and needless zeros."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def divide(money: Decimal, count: Decimal) -> Decimal:
    """Given yuan and a count, return the yuan for one: to the fen, and below a yuan to a hundredth of it."""
    exact = money / count
    return exact.quantize(Decimal("0.01") if abs(exact) >= 1 else Decimal("0.0001"), ROUND_HALF_EVEN).normalize() + 0


@lru_cache(maxsize=8192)
def services_of(text: str) -> tuple[Service, ...]:
    """Given a name, return the kinds of service that it says are paid for."""
    folded = fold_text(text)
    return tuple(
        service
        for service in unit_cost_rules().services.values()
        if any(word in folded for word in service.paid) and not any(word in folded for word in service.unless)
    )


def _is_known(text: str) -> bool:
    """Whether a name has a word for a kind of service, even one beside which it means something else: then names that
    agree are not enough to pair a cost with a quantity."""
    folded = fold_text(text)
    return any(word in folded for service in unit_cost_rules().services.values() for word in service.paid)


# --- one form -----------------------------------------------------------------------------------------------------
def pair_form(form: FormFigures, basis: Basis = "planned") -> tuple[list[UnitCost], list[LeftOut]]:
    """Given a form's figures, return its unit costs as planned (targets and budget) or as achieved (actuals and what
    was spent), and what was left out."""
    # A figure that a form prints twice is one figure.
    figures = {(f.role, fold_text(f.name), f.number, f.unit): f for row in form.rows for f in _figures(row, basis)}
    costs, quantities, prices = (
        [figure for figure in figures.values() if figure.role is role]
        for role in (Role.COST, Role.QUANTITY, Role.PRICE)
    )
    own = split_name(form.name)
    general = [cost for cost in costs if not read_object(cost.name) or _says_the_same(cost.name, own)]
    special = [cost for cost in costs if cost not in general]
    found, left = _pair_costs(form, basis, special, quantities)
    if form.scope == "project" and not found:  # else the form's own cost says it better
        through_name, refused = _pair_project(form, basis, general, special, quantities)
        found += through_name
        left += refused
    return [_confirmed(cost, prices) for cost in found], left


def _figures(row: FigureRow, basis: Basis) -> Iterator[Figure]:
    side = row.target if basis == "planned" else row.actual
    if side is None or side.number is None:
        return
    for one in row.parts if row.parts and basis == "planned" else (side,):
        figure = read_figure(row, one)
        if figure is not None:
            yield figure


def _says_the_same(name: str, parts: Sequence[str]) -> bool:
    """Whether a cost is named as the project is: it is the project's whole cost."""
    return len(parts) == 1 and read_object(name) == read_object(parts[0])


# --- a cost indicator and a quantity of its own -------------------------------------------------------------------
def _pair_costs(
    form: FormFigures, basis: Basis, costs: Sequence[Figure], quantities: Sequence[Figure]
) -> tuple[list[UnitCost], list[LeftOut]]:
    ties = {cost.source: list(_ties(cost, quantities)) for cost in costs}
    claims: dict[str, dict[str, int]] = defaultdict(dict)
    for source, found in ties.items():
        for tie in found:
            claims[tie.quantity.source][source] = max(tie.strength, claims[tie.quantity.source].get(source, 0))
    paired, left = [], []
    for cost in costs:
        named = services_of(cost.name)
        reason = "no_quantity" if named else None  # a cost that no kind of service names is nobody's loss
        for of_unit in _by_unit(ties[cost.source]):
            best = max(tie.strength for tie in of_unit)
            best_ones = [tie for tie in of_unit if tie.strength == best]
            rivals = [
                claim for tie in best_ones for claim in claims[tie.quantity.source].items() if claim[0] != cost.source
            ]
            if len(best_ones) > 1:
                reason = "several_quantities"
            elif any(strength >= best for _, strength in rivals):
                reason = "several_costs"
            elif is_rate(best_ones[0].quantity):
                reason = "rate"
            else:
                paired.append(_unit_cost(form, basis, cost, best_ones[0], _covers(cost, best_ones[0])))
                reason = None
                continue
            break
        if reason is not None:
            left.append(LeftOut(form, reason, named[0].name if named else None, cost))
    return paired, left


def _by_unit(ties: Iterable[_Tie]) -> list[list[_Tie]]:
    groups: dict[str, list[_Tie]] = defaultdict(list)
    for tie in ties:
        groups[tie.per].append(tie)
    return list(groups.values())


def _ties(cost: Figure, quantities: Sequence[Figure]) -> Iterator[_Tie]:
    named = services_of(cost.name)
    for quantity in quantities:
        if quantity.unit is None or quantity.unit.unit is None:
            continue
        agree = _agreement(read_object(cost.name), read_object(quantity.name))
        for service in named:
            matched = count_of(service, quantity.name, quantity.unit.unit)
            if matched is not None:
                yield _Tie(quantity, service, matched[0].unit, matched[1], agree or "same_service")
                break
        if agree is not None and not _is_known(cost.name):
            yield _Tie(quantity, None, quantity.unit.unit.notation, Decimal(1), agree)


def count_of(service: Service, name: str, unit: Unit | None) -> tuple[Count, Decimal] | None:
    """Given a service, a quantity's name and unit, return what it counts of the service, and how many one of its units
    is; None where it counts something else."""
    name = fold_text(name)
    if unit is None or any(word in name for word in service.parts):
        return None
    for count in service.counts.values():
        factor = count_factor(unit, count.unit, count.also)
        named = any(word in name for word in count.words) and not any(word in name for word in count.besides)
        if factor is not None and named:
            return count, factor
    return None


def _agreement(left: str, right: str) -> str | None:
    """How far two objects are the same one: None where they are not, or say too little."""
    shorter, longer = sorted((left, right), key=len)
    if len(shorter) < 2 or shorter in unit_cost_rules().words["too_broad"]:
        return None
    if shorter == longer:
        return "same_object"
    return "object_within" if shorter in longer and 2 * len(shorter) >= len(longer) else None


def _covers(cost: Figure, tie: _Tie) -> tuple[str, ...]:
    """Whether a cost lists more than what is counted."""
    parts = split_name(cost.name)
    if len(parts) < 2:
        return ()
    ours = [part for part in parts if tie.service in services_of(part)] if tie.service else []
    return () if len(ours) == len(parts) else ("covers_more",)


# --- a project's funding and its main quantity --------------------------------------------------------------------
def _pair_project(
    form: FormFigures, basis: Basis, general: Sequence[Figure], special: Sequence[Figure], quantities: Sequence[Figure]
) -> tuple[list[UnitCost], list[LeftOut]]:
    named = services_of(form.name)
    first = named[0].name if named else None
    if not named and not quantities:
        return [], []  # nothing at all is counted
    money = _whole_amount(form, basis, general)
    if money is None:
        return [], [LeftOut(form, "no_amount", first)] if named else []
    reasons: tuple[str, ...] = ()
    for cost in general:
        apart = abs(cost.number - money.number)
        if apart > _NEAR * money.number:
            return [], [LeftOut(form, "own_cost_differs", first, cost)]
        if cost.source != money.source:
            reasons = ("own_cost" if apart <= _SAME * money.number else "own_cost_near",)
    if any(cost.number < money.number * (1 - _SAME) for cost in special):
        return [], [LeftOut(form, "several_things", first, special[0])]
    if not quantities:
        return [], [LeftOut(form, "no_quantity", first)]
    ties, why = _main_quantities(form, named, quantities)
    if not ties:
        return [], [LeftOut(form, why, first)]
    rates = [tie for tie in ties if is_rate(tie.quantity)]
    whole = [tie for tie in ties if tie not in rates]
    return (
        [_unit_cost(form, basis, money, tie, reasons) for tie in whole],
        [LeftOut(form, "rate", first, tie.quantity) for tie in rates],
    )


def _whole_amount(form: FormFigures, basis: Basis, general: Sequence[Figure]) -> Figure | None:
    """The project's whole amount: its funding, or where none is printed its own cost indicator."""
    total = form.totals.get("budget" if basis == "planned" else "executed")
    if total is not None and total.amount > 0:
        return Figure(Role.COST, total.funding, "", total.printed, total.amount, "eq", total.page)
    return general[0] if len(general) == 1 else None


def _main_quantities(
    form: FormFigures, named: Sequence[Service], quantities: Sequence[Figure]
) -> tuple[list[_Tie], str]:
    """What the project's whole funding pays for, or why that can't be told."""
    parts = split_name(form.name)
    why = "other_service"
    for service in named:
        inside = [q for q in quantities if any(word in fold_text(q.name) for word in service.parts)]
        counted = [
            (q, count_of(service, q.name, q.unit.unit if q.unit else None)) for q in quantities if q not in inside
        ]
        if all(matched is None for _, matched in counted):
            continue
        ties = [_Tie(q, service, matched[0].unit, matched[1], "") for q, matched in counted if matched is not None]
        if len(ties) < len(counted) or any(service not in services_of(part) for part in parts):
            return [], "several_things"
        if any(len(group) > 1 for group in _by_unit(ties)):
            return [], "several_quantities"
        by = "main_quantity" if inside else "only_quantity"
        return [_Tie(tie.quantity, service, tie.per, tie.factor, by) for tie in ties], ""
    if len(quantities) != 1 or len(parts) != 1 or _is_known(form.name):
        return [], why if named or len(quantities) == 1 else "several_things"
    (quantity,) = quantities
    if quantity.unit is None or quantity.unit.unit is None:
        return [], "no_unit"
    subject, counted_object = read_object(parts[0]), read_object(quantity.name)
    too_broad = len(counted_object) < 2 or counted_object in unit_cost_rules().words["too_broad"]
    if too_broad or counted_object not in subject:
        return [], why
    return [_Tie(quantity, None, quantity.unit.unit.notation, Decimal(1), "only_quantity")], ""


# --- the division -------------------------------------------------------------------------------------------------
def _unit_cost(form: FormFigures, basis: Basis, money: Figure, tie: _Tie, more: tuple[str, ...]) -> UnitCost:
    rules = unit_cost_rules()
    reasons = (tie.by, *more)
    if basis == "planned" and tie.quantity.operator in ("le", "lt"):
        reasons += ("capped_quantity",)
    sure = rules.sureness[tie.by].number or 0.0
    for name in reasons:
        if name in rules.doubts:
            sure *= rules.doubts[name].number or 0.0
    count = tie.quantity.number * tie.factor
    return UnitCost(
        form=form,
        basis=basis,
        service=tie.service.name if tie.service else None,
        object=read_object(tie.quantity.name),
        per=tie.per,
        value=divide(money.number, count),
        bound=_bound(money, tie.quantity) if basis == "planned" else "eq",
        money=money,
        quantity=tie.quantity,
        count=count,
        sure=round(sure, 2),
        reasons=reasons,
    )


def _bound(money: Figure, quantity: Figure) -> Literal["le", "ge", "eq", "about"]:
    most = {money.operator in ("le", "lt"), quantity.operator in ("ge", "gt")} - {False}
    least = {money.operator in ("ge", "gt"), quantity.operator in ("le", "lt")} - {False}
    if most and least:
        return "about"
    return "le" if most else "ge" if least else "eq"


def _confirmed(cost: UnitCost, prices: Sequence[Figure]) -> UnitCost:
    """A unit cost with what a price of the same thing, printed in the form, says to it."""
    rules, verdicts = unit_cost_rules(), set()
    for price in prices:
        if _is_price_of(price, cost):
            most = price.number * (1 + _SAME)
            within = (
                cost.value <= most
                if price.operator in ("le", "lt")
                else abs(cost.value - price.number) <= most - price.number
            )
            if price.operator not in ("ge", "gt"):
                verdicts.add("printed_price" if within else "price_differs")
    if len(verdicts) != 1:
        return cost
    (verdict,) = verdicts
    if verdict == "printed_price":
        sure = max(cost.sure, rules.assurances[verdict].number or 0.0)
    else:
        sure = cost.sure * (rules.doubts[verdict].number or 0.0)
    return replace(cost, sure=round(sure, 2), reasons=(*cost.reasons, verdict))


def _is_price_of(price: Figure, cost: UnitCost) -> bool:
    """Whether a printed price is that of one of what is counted, for the year."""
    service = unit_cost_rules().services.get(cost.service or "")
    count = service.counts.get(cost.per) if service else None
    per = [one.unit.notation for one in price.unit.per if one.count == 1] if price.unit else []
    if per:
        spelled = (
            {part for one in price.unit.per for part in one.unit.of or (one.unit.notation,)} if price.unit else set()
        )
        return spelled - {"year"} <= {cost.per, *(count.also if count else ())} and bool(spelled - {"year"})
    name = fold_text(price.name)
    return (len(cost.object) > 1 and cost.object in name) or (
        count is not None and any(word in name for word in count.words)
    )
