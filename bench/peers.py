"""The peers, each as a function from one position to kilometres to every port, all that can be reused prepared."""

import ast
from collections.abc import Callable, Sequence
from pathlib import Path
from zipfile import ZipFile

Positions = Sequence[tuple[float, float]]
AllPorts = Callable[[float, float], Sequence[float]]

DOWNLOADS = Path(__file__).parent / "downloads"
FETCH = "python -m pip download --no-deps --dest bench/downloads scgraph==2.15.0"


class PeerAbsent(Exception):
    """A peer, or the network it routes on, is not on this machine."""


def scgraph_peers(ports: Positions) -> dict[str, AllPorts]:
    """``scgraph`` 3 on the ``marnet`` network that ``scgraph`` 2.15.0 was the last to carry in its wheel.

    Version 3 downloads its network on first use, which an offline machine cannot; its constructor takes one.
    """
    try:
        from scgraph import GeoGraph
    except ImportError as missing:
        raise PeerAbsent("scgraph is not installed.") from missing
    geograph = GeoGraph(**_marnet())
    ends = [{"latitude": lat, "longitude": lon} for lon, lat in ports]

    def pair_by_pair(lon: float, lat: float) -> list[float]:
        start = {"latitude": lat, "longitude": lon}
        return [geograph.get_shortest_path(start, end, length_only=True)["length"] for end in ends]

    def fastest_search(lon: float, lat: float) -> list[float]:
        start = {"latitude": lat, "longitude": lon}
        return [
            geograph.get_shortest_path(start, end, length_only=True, algorithm_fn="dijkstra")["length"] for end in ends
        ]

    def trees_of_ports(lon: float, lat: float) -> list[float]:
        # Lengths are the same both ways, and only a tree rooted at a port is ever used again.
        start = {"latitude": lat, "longitude": lon}
        return [
            geograph.get_shortest_path(end, start, length_only=True, algorithm_fn="cached_shortest_path")["length"]
            for end in ends
        ]

    def matrix(lon: float, lat: float) -> list[float]:
        return geograph.distance_matrix([{"latitude": lat, "longitude": lon}, *ends])[0][1:]

    return {
        "scgraph, a call a pair": pair_by_pair,
        "scgraph, a call a pair, dijkstra": fastest_search,
        "scgraph, cached trees of the ports": trees_of_ports,
        "scgraph, distance_matrix": matrix,
    }


def _marnet() -> dict[str, list]:
    wheel = next(DOWNLOADS.glob("scgraph-2.15.0-*.whl"), None)
    if wheel is None:
        raise PeerAbsent(f"its network is missing; get it with: {FETCH}")
    source = ZipFile(wheel).read("scgraph/geographs/marnet.py").decode()
    # The module imports a class that version 3 has moved; what is wanted of it is two literals.
    return {
        line.targets[0].id: ast.literal_eval(line.value)
        for line in ast.parse(source).body
        if isinstance(line, ast.Assign) and line.targets[0].id in ("graph", "nodes")
    }


def searoute_peers(ports: Positions) -> dict[str, AllPorts]:
    """``searoute``: its documented call, and by hand one search over its network from each position."""
    try:
        import networkx
        from searoute import searoute
        from searoute.searoute import setup_M
        from searoute.utils import distance
    except ImportError as missing:
        raise PeerAbsent("searoute is not installed.") from missing
    network = setup_M()
    ends = [list(port) for port in ports]
    joined = [(network.kdtree.query(end), distance(end, network.kdtree.query(end))) for end in ends]
    closed = set(network.restrictions)

    def pair_by_pair(lon: float, lat: float) -> list[float]:
        return [searoute([lon, lat], end, append_orig_dest=True).properties["length"] for end in ends]

    def one_tree(lon: float, lat: float) -> list[float]:
        node = network.kdtree.query((lon, lat))
        start_km = distance((lon, lat), node)
        tree = networkx.single_source_dijkstra_path_length(
            network, node, weight=lambda _, __, edge: None if edge.get("passage") in closed else edge["weight"]
        )
        return [start_km + tree[end] + end_km for end, end_km in joined]

    return {"searoute, a call a pair": pair_by_pair, "searoute, one search by hand": one_tree}


def without_ends(ports: Positions, points: Positions, length_km):
    """What ``searoute`` answers with default arguments: the same routes without the way on and off the network. [km]"""
    from searoute.searoute import setup_M
    from searoute.utils import distance

    network = setup_M()
    for p, point in enumerate(points):
        length_km[p] -= distance(point, network.kdtree.query(point))
    for q, port in enumerate(ports):
        length_km[:, q] -= distance(port, network.kdtree.query(port))
    return length_km
