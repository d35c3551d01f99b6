"""Every text keeps to the width of the terminal, and breaks no word for it."""

import os
import pty
import re
import subprocess
import sys

import pytest

from api.cli.console import columns, cut, justify, text_width, wrap

DECIDE = ("decide", "--position", "49 52N 006 25W", "--time", "2026-11-29T13:00:00Z", "--vessel", "rnli-severn",
          "--persons", "10")  # fmt: skip
COMMANDS = [
    DECIDE,
    (*DECIDE, "--lang", "fr"),
    (*DECIDE, "--short"),
    (*DECIDE, "--short", "--lang", "fr"),
    ("ports", "--near", "50N 6W"),
    ("ports", "--lang", "fr"),
    ("vessels",),
    ("vessels", "--lang", "fr"),
    ("policies",),
    ("policies", "--lang", "fr"),
    ("distance", "dover", "calais"),
    ("distance", "dover", "calais", "--lang", "fr"),
    ("tide", "st-marys-scilly", "--from", "2026-11-29T13:00Z"),
    ("tide", "dover", "--from", "2026-11-29T13:00Z", "--lang", "fr"),
    ("plan", "tests/api/plan/october_2024.json"),
]


def _words(text):
    return re.findall(r"[^\W_]+", text)


@pytest.mark.parametrize("columns", [40, 47, 64, 80, 110])
@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_no_line_is_wider_than_the_terminal(safeport, monkeypatch, columns, command):
    monkeypatch.setenv("COLUMNS", str(columns))
    ran = safeport(*command)
    assert ran.code == 0, ran.err
    # An address is one word, and left whole.
    assert [line for line in ran.out.splitlines() if len(line) > columns and " " in line.strip()] == []


@pytest.mark.parametrize("command", [DECIDE, ("policies",), ("tide", "dover", "--from", "2026-11-29T13:00Z")])
def test_no_word_is_broken_in_a_narrow_terminal(safeport, monkeypatch, command):
    monkeypatch.setenv("COLUMNS", "110")
    wide = safeport(*command).out
    monkeypatch.setenv("COLUMNS", "40")
    assert set(_words(safeport(*command).out)) <= set(_words(wide))


def test_the_real_width_of_a_terminal_counts():
    code = "from api.cli.console import text_width; print(text_width())"
    here, there = pty.openpty()
    os.set_blocking(here, True)
    import fcntl
    import struct
    import termios

    fcntl.ioctl(there, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 64, 0, 0))
    environment = {name: value for name, value in os.environ.items() if name != "COLUMNS"}
    subprocess.run([sys.executable, "-c", code], stdout=there, env=environment, check=True)
    assert os.read(here, 99).split() == [b"64"]
    os.close(here), os.close(there)


@pytest.mark.parametrize(("text", "taken"), [("20", 40), ("40", 40), ("100", 100), ("500", 120), ("many", 80)])
def test_the_width_has_bounds(monkeypatch, text, taken):
    monkeypatch.setenv("COLUMNS", text)
    assert text_width() == taken


def test_narrow_rows_are_stacked_and_lose_nothing(monkeypatch):
    rows = [["alderney-braye", "Alderney (Braye)", "122 min", "15.6 nm", "WITH CAUTION"]] * 2
    monkeypatch.setenv("COLUMNS", "40")
    lines = columns(rows, give=1)
    assert max(map(len, lines)) <= 40
    assert all(cell in "\n".join(lines) for cell in rows[0])
    monkeypatch.setenv("COLUMNS", "80")
    assert len(columns(rows, give=1)) == 2


def test_cutting_keeps_whole_words():
    assert cut("St Mary's (Isles of Scilly)", 20) == "St Mary's (Isles of…"
    assert cut("St Mary's (Isles of Scilly)", 18) == "St Mary's (Isles…"
    assert cut("Llanfairpwllgwyngyll", 8) == "Llanfai…"
    assert cut("Dover", 5) == "Dover"


def test_two_ends_of_a_line_part_where_there_is_no_room(monkeypatch):
    assert justify("DOVER", "WITH CAUTION") == [f"{'DOVER':<66}  WITH CAUTION"]
    monkeypatch.setenv("COLUMNS", "40")
    assert justify("+ ST MARY'S (ISLES OF SCILLY) (GB)", "WITH CAUTION") == [
        "+ ST MARY'S (ISLES OF SCILLY) (GB)", "  WITH CAUTION"
    ]  # fmt: skip


def test_a_long_word_is_left_whole():
    address = "https://example.org/" + "a" * 90
    assert address in "\n".join(wrap(f"see {address} for more"))
