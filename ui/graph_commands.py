"""`pikg graph`: projections of the store as networks, and what they say. A thin call of pipeline.Store.graph."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ui.options import Language, format_option, lang_option, region_option, store_option, year_option

if TYPE_CHECKING:
    import networkx as nx

    from graph.measures import Bridge, Community

_PROJECTIONS = ("indicators", "publishers", "likeness")


@click.command("graph", short_help="Projections of the store as networks; communities and bridges.")
@click.argument("projection", type=click.Choice(_PROJECTIONS))
@region_option
@year_option
@click.option("--limit", type=click.IntRange(min=1), help="Projects at most: those with the largest budgets.")
@click.option("--top", type=click.IntRange(min=1), default=10, show_default=True, help="Communities, bridges shown.")
@format_option("table", "json", "graphml")
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="FILE", help="Write to this file.")
@store_option
@lang_option
def graph(projection: str, format_: str, output: Path | None, folder: Path, language: Language, **given: Any) -> None:
    """Show the store as a network of projects: with the canonical INDICATORS that they ask, with the PUBLISHERS that
    publish them, or by LIKENESS with comparable projects elsewhere.

    A table tells its communities (indicators that go together; comparable projects over cities) and bridges (what links
    the cities). GraphML holds the whole network with the number of each node's community, for Gephi.
    """
    from graph.graphml import export_network  # noqa: PLC0415 - `pikg --help` waits for nothing
    from graph.measures import find_bridges, find_communities, mark_communities  # noqa: PLC0415
    from pipeline import open_store  # noqa: PLC0415
    from ui import terminal  # noqa: PLC0415

    if output is not None and format_ == "table":
        raise click.UsageError("a table is shown, not written: give --format graphml or json with -o FILE")
    with open_store(folder, create=False) as store, _show_progress(projection) as tell:
        network = store.graph(
            projection, region=given["region"], year=given["year"], limit=given["limit"], progress=tell
        )
    communities = find_communities(network)
    if format_ == "table":
        _say(network, communities, find_bridges(network, top=given["top"]), given["top"], language)
        return
    mark_communities(network, communities)
    with terminal.open_output(output) as out:
        if format_ == "graphml":
            export_network(network, out)
        else:
            terminal.write_json(_to_json(network, communities, find_bridges(network, top=given["top"])), out)


@contextmanager
def _show_progress(projection: str) -> Iterator[Callable[[int, int], None] | None]:
    """Comparing many projects takes minutes: tell on a terminal how far it is."""
    if projection != "likeness" or not sys.stderr.isatty():
        yield None
        return

    def tell(done: int, of: int) -> None:
        if done % 50 == 0 or done == of:
            click.echo(f"\r{done}/{of}", err=True, nl=done == of)

    yield tell


def _to_json(network: nx.Graph[str], communities: Sequence[Community], bridges: Sequence[Bridge]) -> dict[str, Any]:
    return {
        **network.graph,
        "nodes": len(network),
        "links": network.size(),
        "communities": [community.to_json() for community in communities],
        "bridges": [bridge.to_json() for bridge in bridges],
    }


def _say(
    network: nx.Graph[str], communities: Sequence[Community], bridges: Sequence[Bridge], top: int, language: Language
) -> None:
    from ui.i18n import Texts  # noqa: PLC0415
    from ui.terminal import say, write_table  # noqa: PLC0415

    t, said = Texts(language), network.graph
    say(t("projection.count", projects=said["projects"], nodes=len(network), links=network.size()))
    if said["cut"]:
        say(t("projection.cut", all=said["projects_in_all"], projects=said["projects"]))
    if "compared_with" in said:
        say(t("projection.compared_with", among=said["compared_with"]))
    if said["projection"] == "publishers":
        units = [(node, data) for node, data in network.nodes(data=True) if data["kind"] == "Unit"]
        units.sort(key=lambda unit: (-network.degree(unit[0]), str(unit[1]["label"]), unit[0]))
        rows = [
            [str(data["label"]), str(data.get("region", "")), str(network.degree(node))] for node, data in units[:top]
        ]
        write_table([t("projection.publisher"), t("projection.region"), t("projection.projects")], rows, sys.stdout)
        return
    if not communities:
        say(t("projection.none"))
    else:
        say()
        say(t("projection.communities"))
        rows = [
            [str(one.number), str(len(one.members)), "；".join(one.names), "、".join(one.regions)]
            for one in communities[:top]
        ]
        write_table([t(f"projection.{head}") for head in ("number", "size", "names", "regions")], rows, sys.stdout)
    if bridges:
        say()
        say(t("projection.bridges"))
        rows = [[one.name, "、".join(one.regions), str(one.projects), f"{one.betweenness:.3f}"] for one in bridges]
        write_table(
            [t(f"projection.{head}") for head in ("name", "regions", "projects", "betweenness")], rows, sys.stdout
        )
