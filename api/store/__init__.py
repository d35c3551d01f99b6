"""The control room's memory: port reports, places held, encounters, directions, decisions, and the proof of it all.

One rule holds throughout: a change is a command (`Hold`, `SetPortStatus`, ...) given to `Store.do`, which writes what
changed, its audit row and its event in one transaction and answers once that is on disk. Nothing here reads a clock.

Start reading at `store.py`, then `commands.py`. Back ends are `sqlite.py` and `postgresql.py`; the tables are in
``migrations/``.
"""
