"""Past encounters in bulk: a table of encounters in, a table of decisions out, row for row.

::

    CSV, Parquet, GeoJSON ──reading──▶ chunk of the source ──column map──▶ encounters ─┬─▶ batch ─▶ decisions
                                                                                        └─▶ rejects, with codes
"""
