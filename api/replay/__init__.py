"""Past encounters in bulk: a table of encounters in, a table of decisions out, row for row.

::

    CSV, Parquet, GeoJSON, ──reading──▶ chunk ──column map──▶ encounters ─┬─▶ batch, judgement ─▶ decisions
    spreadsheets                                                          └─▶ rejects, with codes
"""
