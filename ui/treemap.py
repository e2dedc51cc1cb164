"""A treemap as plain HTML: rectangles as large as their figures, sharp text, each one a link.

Squarified (Bruls, Huizing and van Wijk 2000): rows are filled as long as that makes their rectangles less oblong.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from ui.html import Html, tag
from ui.links import link

_HEAD = 20.0
_GAP = 2.0


@dataclass(frozen=True, slots=True)
class Tile:
    """A rectangle: `size` says how large, `children` are drawn inside it; it leads to `address`, by its name where it has
    children."""

    label: str
    detail: str
    size: Decimal
    address: str | None = None
    children: tuple[Tile, ...] = ()


@dataclass(frozen=True, slots=True)
class Area:
    """A place in the picture."""

    x: float
    y: float
    width: float
    height: float


def squarify(sizes: Sequence[float], area: Area) -> list[Area]:
    """Given sizes in falling order, return the rectangles that share an area among them in proportion."""
    total = sum(sizes)
    if total <= 0:
        return [Area(area.x, area.y, 0, 0) for _ in sizes]
    scale = area.width * area.height / total
    left, placed, start = area, [], 0
    while start < len(sizes):
        side = min(left.width, left.height)
        end = start + 1
        while end < len(sizes) and _worst(sizes[start : end + 1], side, scale) <= _worst(sizes[start:end], side, scale):
            end += 1
        row = [size * scale for size in sizes[start:end]]
        depth = sum(row) / side if side else 0.0
        at = 0.0
        for amount in row:
            length = amount / depth if depth else 0.0
            if left.width >= left.height:
                placed.append(Area(left.x, left.y + at, depth, length))
            else:
                placed.append(Area(left.x + at, left.y, length, depth))
            at += length
        if left.width >= left.height:
            left = Area(left.x + depth, left.y, left.width - depth, left.height)
        else:
            left = Area(left.x, left.y + depth, left.width, left.height - depth)
        start = end
    return placed


def _worst(row: Sequence[float], side: float, scale: float) -> float:
    """Return how oblong the worst rectangle of a row is, 1 being a square."""
    amount = sum(row) * scale
    if not amount or not side:
        return float("inf")
    return max(side**2 * max(row) * scale / amount**2, amount**2 / (side**2 * max(min(row) * scale, 1e-9)))


def draw(tiles: Sequence[Tile], *, width: float, height: float) -> Html:
    """Given tiles (city, unit, project) and the size in pixels that is aimed at, return the picture.

    It keeps its height and stretches to the width that there is.
    """
    pieces: list[Html] = []
    ordered = sorted(tiles, key=lambda tile: -tile.size)
    for number, (tile, area) in enumerate(
        zip(ordered, squarify(_sizes(ordered), Area(0, 0, width, height)), strict=True)
    ):
        _draw(tile, area, width, depth=0, tone=number % 6, into=pieces)
    return tag("div", *pieces, class_="pk-treemap", style=f"height:{height:.0f}px")


def _width(said: str) -> float:
    """Return about how many pixels a text is wide: a wide character is as wide as the text is high."""
    return sum(13.0 if ord(letter) > 0x2E7F else 7.5 for letter in said)


def _sizes(tiles: Sequence[Tile]) -> list[float]:
    return [float(tile.size) for tile in tiles]


def _draw(tile: Tile, area: Area, width: float, *, depth: int, tone: int, into: list[Html]) -> None:
    gap = _GAP if not tile.children or depth else _GAP * 1.5
    style = (
        f"left:{area.x / width * 100:.3f}%;top:{area.y:.1f}px;"
        f"width:calc({area.width / width * 100:.3f}% - {gap}px);height:{max(area.height - gap, 0):.1f}px"
    )
    title = f"{tile.label}\n{tile.detail}"
    if tile.children:
        roomy = area.width > 60 and area.height > 44
        # The figure is left out where the name needs its room.
        beside = area.width - 28 > _width(tile.label) + _width(tile.detail)
        name = link(tile.address, tag("b", tile.label)) if tile.address else tag("b", tile.label)
        head = tag("span", name, tag("i", tile.detail) if beside else None) if roomy else None
        into.append(tag("div", head, class_=f"pk-group pk-depth{depth} pk-tone{tone}", style=style, title=title))
        top = _HEAD if roomy else 0.0
        inner = Area(area.x + 4, area.y + top, max(area.width - 8, 0), max(area.height - top - 4, 0))
        children = sorted(tile.children, key=lambda child: -child.size)
        for child, place in zip(children, squarify(_sizes(children), inner), strict=True):
            _draw(child, place, width, depth=depth + 1, tone=tone, into=into)
        return
    small = area.width < 58 or area.height < 26
    tiny = area.height < 46
    lines = max(1, int((area.height - gap - (8 if tiny else 26)) // 17.4))
    label = None if small else tag("b", tile.label, style=f"-webkit-line-clamp:{lines}")
    detail = None if small or tiny else tag("i", tile.detail)
    look = f"pk-tile pk-tone{tone}{' pk-small' if small else ''}"
    if tile.address:
        into.append(link(tile.address, label, detail, class_=look, style=style, title=title, aria_label=title))
    else:
        into.append(tag("div", label, detail, class_=look, style=style, title=title))
