"""A strip of boxes and dots as plain HTML: how figures are spread, a line for each city, each dot a link.

Drawn on our side like the treemap: texts are sharp and never cut, nothing is fetched, paper shows the same, and a dot
is reached by the keyboard. A box holds the middle half, its bar is the median; a dot is as large as many figures stand
there; what is one's own is a diamond, whatever its colour.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import ceil, floor, log10

from graph.quartiles import Quartiles
from ui.format import number
from ui.html import Html, Piece, tag
from ui.links import link

_LOG_FROM = 200
"""Beyond so many times the least figure the scale is a logarithmic one, where most stand far below the greatest."""


@dataclass(frozen=True, slots=True)
class Dot:
    """A figure that `count` targets have: where it leads, and what is said on hover; `own` marks it."""

    value: Decimal
    count: int
    title: str
    address: str
    own: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the strip: its name (with an address), how its figures are spread, and the dots."""

    name: str
    address: str
    spread: Quartiles
    dots: Sequence[Dot]
    own: bool = False


@dataclass(frozen=True, slots=True)
class Scale:
    """Where a figure stands, in percent of the width, and the figures that the axis names."""

    place: Callable[[Decimal], float]
    ticks: tuple[Decimal, ...]
    logarithmic: bool


def make_scale(least: Decimal, greatest: Decimal, median: Decimal) -> Scale:
    """Given the least and greatest figure and the median, return the scale: 3 to 97 percent of the width are used."""
    low, high = float(least), float(greatest)
    if low > 0 and high / low > _LOG_FROM and float(median) < low + (high - low) / 10:
        bottom, top = floor(log10(low)), ceil(log10(high))
        span = max(top - bottom, 1)
        step = ceil(span / 6)
        ticks = tuple(Decimal(10) ** power for power in range(bottom, top + 1, step))
        return Scale(lambda value: 3 + 94 * (log10(max(float(value), low)) - bottom) / span, ticks, True)
    if high <= low:
        return Scale(lambda _: 50.0, (least,), False)
    nice = _nice_step((high - low) / 5)
    first, last = floor(low / float(nice)), ceil(high / float(nice))
    ticks = tuple(nice * count for count in range(first, last + 1))
    bottom_, span_ = float(ticks[0]), float(ticks[-1] - ticks[0])
    return Scale(lambda value: 3 + 94 * (float(value) - bottom_) / span_, ticks, False)


def _nice_step(rough: float) -> Decimal:
    power = Decimal(10) ** floor(log10(rough))
    factor = next((factor for factor in (1, 2, 5) if factor * float(power) >= rough), 10)
    return power * factor


def draw_strip(lines: Sequence[Line], whole: Quartiles, unit: str) -> Html:
    """Given the lines, how all figures are spread and their unit, return the picture."""
    scale = make_scale(whole.least, whole.greatest, whole.median)
    most = max((dot.count for line in lines for dot in line.dots), default=1)
    grid = [tag("u", class_="pk-tick", style=_left(scale.place(tick))) for tick in scale.ticks]
    grid.append(tag("u", class_="pk-middle", style=_left(scale.place(whole.median))))
    drawn = []
    for line in lines:
        low, high = scale.place(line.spread.p25), scale.place(line.spread.p75)
        box = tag("i", class_="pk-box", style=f"left:{low:.2f}%;width:{max(high - low, 0.2):.2f}%")
        bar = tag("i", class_="pk-median", style=_left(scale.place(line.spread.median)))
        # A single figure has no spread: its dot is all there is to see.
        shape = [box, bar] if line.spread.count > 1 else []
        dots = [_dot(dot, scale, most) for dot in sorted(line.dots, key=lambda dot: (dot.own, -dot.count))]
        name = link(line.address, line.name, title=line.name)
        cell = tag("div", *grid, *shape, *dots, class_="pk-plot")
        count = tag("small", number(line.spread.count))
        drawn.append(tag("div", tag("b", name), cell, count, class_="pk-line pk-own" if line.own else "pk-line"))
    axis: list[Piece] = [
        tag("span", f"{number(tick)}{unit if at in (0, len(scale.ticks) - 1) else ''}", style=_left(scale.place(tick)))
        for at, tick in enumerate(scale.ticks)
    ]
    foot = tag("div", tag("b"), tag("div", *axis, class_="pk-axis"), tag("small"), class_="pk-line", aria_hidden="true")
    return tag("div", *drawn, foot, class_="pk-strip")


def _left(place: float) -> str:
    return f"left:{place:.2f}%"


def _dot(dot: Dot, scale: Scale, most: int) -> Html:
    size = 7 + 9 * ((dot.count - 1) / max(most - 1, 1)) ** 0.5
    style = f"{_left(scale.place(dot.value))};width:{size:.1f}px;height:{size:.1f}px"
    look = "pk-dot pk-mine" if dot.own else "pk-dot"
    return link(dot.address, class_=look, style=style, title=dot.title, aria_label=dot.title)
