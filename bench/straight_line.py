"""What an analyst would type for the nearest port in a straight line, from one Parquet file to another."""

from collections.abc import Callable
from pathlib import Path

from bench.peers import PeerAbsent, Positions

NearestPorts = Callable[[Path, Path], None]
"""Reads a table with ``lon`` and ``lat``, writes it with the number of the nearest port."""

PLANE = "EPSG:3035"
"""Europe in metres: what distances of a nearest join are taken in."""


def straight_line_peers(ports: Positions) -> dict[str, NearestPorts]:
    """geopandas and DuckDB, whichever is installed.

    Parameters
    ----------
    ports : sequence of (float, float)
        Longitude and latitude. [deg]

    Raises
    ------
    PeerAbsent
        DuckDB is not installed; geopandas is among the program's own packages.
    """
    try:
        import duckdb
    except ImportError as missing:
        raise PeerAbsent("DuckDB is not installed.") from missing
    import geopandas
    import pandas

    lon, lat = ([port[axis] for port in ports] for axis in (0, 1))
    points = geopandas.GeoDataFrame(
        {"port": range(len(ports))}, geometry=geopandas.points_from_xy(lon, lat), crs="EPSG:4326"
    ).to_crs(PLANE)
    table = pandas.DataFrame({"port": range(len(ports)), "port_lon": lon, "port_lat": lat})

    def nearest_join(source: Path, out: Path) -> None:
        rows = pandas.read_parquet(source)
        where = geopandas.GeoDataFrame(
            rows, geometry=geopandas.points_from_xy(rows["lon"], rows["lat"]), crs="EPSG:4326"
        ).to_crs(PLANE)
        geopandas.sjoin_nearest(where, points).drop(columns=["geometry", "index_right"]).to_parquet(out)

    def arg_min(source: Path, out: Path) -> None:
        with duckdb.connect() as connection:
            connection.execute("SET threads = 2")
            connection.register("ports", table)
            # Half the chord squared on a sphere orders places as the great circle does.
            connection.execute(f"""
                COPY (
                    SELECT encounter.*, arg_min(port,
                        pow(sin(radians(port_lat - lat) / 2), 2)
                        + cos(radians(lat)) * cos(radians(port_lat)) * pow(sin(radians(port_lon - lon) / 2), 2)
                    ) AS port
                    FROM read_parquet('{source}') AS encounter CROSS JOIN ports
                    GROUP BY ALL
                ) TO '{out}' (FORMAT parquet)
            """)

    return {"geopandas, sjoin_nearest": nearest_join, "DuckDB, arg_min over a cross join": arg_min}
