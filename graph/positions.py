"""Where to draw the nodes of a graph: no two labels overlap, and the same graph looks the same at every run.

`place_nodes` gives every node of a neighbourhood a position; positions that were given before stay, so that a picture
which grows doesn't jump. `pack_discs` and `fill_disc` place many thousands in groups, a disc for each.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import networkx as nx
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Network = nx.DiGraph[str] | nx.Graph[str]
    Points = NDArray[np.float64]

Position = tuple[float, float]
Size = tuple[float, float]

DEFAULT_SIZE: Size = (104.0, 58.0)
"""Width and height that a node takes with its label beneath it: eight Chinese characters in two lines."""


_TIGHTNESS = (1.0, 0.8, 0.65)
"""Lengths of springs that are tried, in widths of a node: shorter ones leave more to the pushing apart of boxes, which
wastes less room, but may pile them up. Which of them makes the most of a frame differs from graph to graph."""

_TRIED_UP_TO = 250
"""Nodes up to which all of them are tried; beyond that the first serves."""


def place_nodes(
    graph: Network,
    root: str,
    *,
    sizes: Mapping[str, Size] | None = None,
    fixed: Mapping[str, Position] | None = None,
    aspect: float = 1.6,
) -> dict[str, Position]:
    """Given a graph, the node at its middle and each node's size with its label, return positions without overlap.

    The same graph gets the same positions at every run. Nodes in `fixed` keep theirs. `aspect` is width to height of
    the picture that is aimed at; positions are in the unit of the sizes.
    """
    nodes = list(graph)
    if not nodes:
        return {}
    index = {node: i for i, node in enumerate(nodes)}
    box = np.array([(sizes or {}).get(node, DEFAULT_SIZE) for node in nodes], dtype=np.float64)
    held = {index[node]: spot for node, spot in (fixed or {}).items() if node in index}
    edges = np.array(sorted({tuple(sorted((index[a], index[b]))) for a, b in graph.edges if a != b}), dtype=np.intp)
    free = np.ones(len(nodes), dtype=bool)
    free[list(held)] = False

    unit = float(np.sqrt((box[:, 0] * box[:, 1]).mean()))
    stretch = np.array([math.sqrt(aspect), 1 / math.sqrt(aspect)])
    start = _radial_start(graph, root, nodes) * unit * stretch
    for i, spot in held.items():
        start[i] = spot
    if held:
        _start_beside_neighbours(start, edges, free, unit)
    best, least = start, math.inf
    for tightness in _TIGHTNESS[:1] if held or len(nodes) > _TRIED_UP_TO else _TIGHTNESS:
        points = _relax(start / stretch, edges.reshape(-1, 2), free, unit * tightness) * stretch
        points = _find_room(_separate(points, box, free), box, free)
        width, height = (points + box / 2).max(axis=0) - (points - box / 2).min(axis=0)
        if max(width / aspect, height) < least:
            best, least = points, max(width / aspect, height)
    return {node: (round(float(x), 1), round(float(y), 1)) for node, (x, y) in zip(nodes, best, strict=True)}


def _radial_start(graph: Network, root: str, nodes: Sequence[str]) -> Points:
    """Put the breadth-first tree of the root on circles, each branch in a sector as wide as its leaves need."""
    undirected = graph.to_undirected(as_view=True)
    starts = [root, *(node for node in nodes if node != root)] if root in graph else list(nodes)
    children: dict[str, list[str]] = {node: [] for node in nodes}
    depth: dict[str, int] = {}
    roots: list[str] = []
    for start in starts:
        if start in depth:
            continue
        roots.append(start)
        depth[start] = 0
        for parent, child in nx.bfs_edges(undirected, start):
            depth[child] = depth[parent] + 1
            children[parent].append(child)
    leaves: dict[str, int] = {}
    for node in sorted(nodes, key=lambda n: -depth[n]):
        leaves[node] = sum(leaves[child] for child in children[node]) or 1
    total = sum(leaves[node] for node in roots)
    ring = max(1.0, total / (2 * math.pi) / max(1, *depth.values()))
    at: dict[str, tuple[float, float]] = {}
    stack = []
    begin = 0.0
    for node in roots:
        share = 2 * math.pi * leaves[node] / total
        stack.append((node, begin, begin + share, 0 if len(roots) == 1 else 1))
        begin += share
    while stack:
        node, low, high, extra = stack.pop()
        angle, radius = (low + high) / 2, ring * (depth[node] + extra)
        at[node] = (radius * math.cos(angle), radius * math.sin(angle))
        for child in children[node]:
            share = (high - low) * leaves[child] / leaves[node]
            stack.append((child, low, low + share, extra))
            low += share
    return np.array([at[node] for node in nodes], dtype=np.float64)


def _start_beside_neighbours(points: Points, edges: NDArray[np.intp], free: NDArray[np.bool_], unit: float) -> None:
    """Put each new node beside the placed one it is linked to, on the side away from the middle."""
    placed = ~free
    middle = points[placed].mean(axis=0) if placed.any() else np.zeros(2)
    turn = 0
    waiting = [tuple(edge) for edge in edges.tolist()]
    progress = True
    while progress:
        progress = False
        for a, b in waiting:
            if placed[a] == placed[b]:
                continue
            old, new = (a, b) if placed[a] else (b, a)
            away = points[old] - middle
            angle = math.atan2(away[1], away[0]) + (turn % 9 - 4) * 0.35
            points[new] = points[old] + unit * (1.5 + 0.25 * (turn % 5)) * np.array([math.cos(angle), math.sin(angle)])
            placed[new] = True
            turn += 1
            progress = True


def _relax(points: Points, edges: NDArray[np.intp], free: NDArray[np.bool_], unit: float) -> Points:
    """Fruchterman and Reingold's springs on arrays: all nodes repel each other, links pull, the step cools down."""
    count = len(points)
    if count < 3 or not free.any():
        return points
    rounds = 90 if count <= 300 else 45
    points = points.copy()
    for step in np.linspace(unit * 1.2, unit * 0.05, rounds):
        square = (points[:, None, 0] - points[None, :, 0]) ** 2
        square += (points[:, None, 1] - points[None, :, 1]) ** 2
        push = unit**2 / np.maximum(square, (unit * 0.05) ** 2)
        force = points * push.sum(axis=1)[:, None] - push @ points
        if len(edges):
            pull = points[edges[:, 0]] - points[edges[:, 1]]
            pull *= (np.sqrt((pull**2).sum(axis=1)) / unit)[:, None]
            np.subtract.at(force, edges[:, 0], pull)
            np.add.at(force, edges[:, 1], pull)
        force -= 0.06 * (points - points.mean(axis=0)) * (count**0.5)  # keeps what isn't linked from flying off
        length = np.maximum(np.sqrt((force**2).sum(axis=1)), 1e-9)
        move = force / length[:, None] * np.minimum(length, step)[:, None]
        points[free] += move[free]
    return points


_SIDEWAYS = 2.1
"""How much longer a way aside may be than one up or down to be taken all the same."""

_ROUNDS = 360
_ROUNDS_TOGETHER = 6
"""Rounds of pushing for which one search for near pairs serves."""


def _separate(points: Points, box: Points, free: NDArray[np.bool_]) -> Points:
    """Push boxes apart along the axis where they overlap less, until none overlaps (or the rounds are used up)."""
    points = points.copy()
    near = float(box.mean())
    first = second = np.zeros(0, dtype=np.intp)
    for number in range(_ROUNDS):
        if number % _ROUNDS_TOGETHER == 0:
            first, second = _near_pairs(points, box, near)
        reach = (box[first] + box[second]) / 2
        delta = points[first] - points[second]
        overlap = reach - np.abs(delta)
        hit = (overlap > 0.01).all(axis=1) & (free[first] | free[second])
        if not hit.any():
            if number % _ROUNDS_TOGETHER == 0:
                break
            continue
        one, two, overlap, delta = first[hit], second[hit], overlap[hit], delta[hit]
        # Boxes are wider than high: parting always by the shorter way would pile them up.
        axis = (overlap[:, 0] >= _SIDEWAYS * overlap[:, 1]).astype(np.intp)
        pick = np.arange(len(one))
        # Boxes at the very same spot have no direction to part in: their order gives them one.
        way = np.where(delta[pick, axis] < 0, -1.0, 1.0)
        push = 1.02 * overlap[pick, axis] * way
        both = free[one] & free[two]
        crowd = np.maximum(np.bincount(np.concatenate([one, two]), minlength=len(points)) ** 0.5, 1)
        for node, sign in ((one, 1.0), (two, -1.0)):
            share = np.where(both, 0.5, np.where(free[node], 1.0, 0.0))
            np.add.at(points, (node, axis), sign * push * share / crowd[node])
    return points


def _near_pairs(points: Points, box: Points, near: float) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the pairs of boxes that overlap or are at most `near` apart."""
    wide = np.abs(points[:, None, 0] - points[None, :, 0]) < (box[:, None, 0] + box[None, :, 0]) / 2 + near
    high = np.abs(points[:, None, 1] - points[None, :, 1]) < (box[:, None, 1] + box[None, :, 1]) / 2 + near
    first, second = np.nonzero(np.triu(wide & high, k=1))
    return first, second


def _find_room(points: Points, box: Points, free: NDArray[np.bool_]) -> Points:
    """Move each box that is still over another, hemmed in by nodes that are held, to the nearest free spot."""
    points = points.copy()
    step = box.min(axis=0) / 2
    for node in np.flatnonzero(free):
        reach = (box + box[node]) / 2 - 0.01
        others = np.arange(len(points)) != node
        home = points[node].copy()
        for turn in range(4000):
            # Vogel's spiral: spots as evenly spread as the seeds of a sunflower, from near to far.
            angle, radius = turn * 2.399963, turn**0.5
            spot = home + step * radius * np.array([math.cos(angle), math.sin(angle)])
            if not ((np.abs(points - spot) < reach).all(axis=1) & others).any():
                points[node] = spot
                break
    return points


# --- many nodes in groups -------------------------------------------------------------------------------------------
_GOLDEN = math.pi * (3 - math.sqrt(5))


def pack_discs(radii: Sequence[float], *, aspect: float = 1.6, gap: float = 12.0) -> list[Position]:
    """Given the radii of discs, return their middles: none overlaps, the largest in the middle, the whole about
    `aspect` times as wide as high."""
    placed = np.zeros((len(radii), 3))
    stretch = np.array([math.sqrt(aspect), 1 / math.sqrt(aspect)])
    order = sorted(range(len(radii)), key=lambda at: (-radii[at], at))
    for count, at in enumerate(order):
        radius, turn = radii[at], 0
        step = max(radius * 0.35, 2.0)
        while True:
            spot = step * math.sqrt(turn) * np.array([math.cos(turn * _GOLDEN), math.sin(turn * _GOLDEN)]) * stretch
            others = placed[order[:count]]
            if (np.hypot(others[:, 0] - spot[0], others[:, 1] - spot[1]) >= others[:, 2] + radius + gap).all():
                placed[at] = (spot[0], spot[1], radius)
                break
            turn += 1
    return [(round(float(x), 1), round(float(y), 1)) for x, y, _ in placed]


def fill_disc(count: int, spacing: float) -> list[Position]:
    """Return so many spots around 0, 0, `spacing` apart, in the way of a sunflower's seeds: the first in the middle."""
    spots = []
    for at in range(count):
        radius = spacing * math.sqrt(at)
        spots.append((radius * math.cos(at * _GOLDEN), radius * math.sin(at * _GOLDEN)))
    return spots
