"""Options as typed: strict, each given once, negative numbers allowed, refused in one voice."""

import argparse
import re
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

from api.encounter_fields import PlainField
from api.position import InvalidPosition, InvalidTime, format_time, parse_position, parse_time_as_typed
from api.suggest import did_you_mean
from engine.errors import InvalidAsk, SafeportError

LONGEST_ECHO = 40
LANGUAGES = ("en", "fr")
TIME_FORMS = "0500Z (the nearest one), 2022-01-13T05:00Z, -10min, +2h or now"

_NUMBER = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?|[+-]?\.[0-9]+")
_NOT_FINITE = re.compile(r"[+-]?(?:nan|inf|infinity)", re.IGNORECASE)
_LIKE_OPTION = re.compile("--[A-Za-z][A-Za-z0-9_-]*|[-\N{EN DASH}\N{EM DASH}\N{MINUS SIGN}]-?[A-Za-z][A-Za-z_-]+")
_OTHER_WORDS = {"draft": "draught", "length": "loa", "pob": "persons", "people": "persons", "lat": "position",
                "latitude": "position", "language": "lang", "capacity": "survivor", "wave": "hs"}  # fmt: skip
"""Words people have for what an option is named after."""
_YES_NO = {"yes": True, "true": True, "oui": True, "y": True, "1": True,
           "no": False, "false": False, "non": False, "n": False, "0": False}  # fmt: skip
_LOOKS_NEGATIVE = re.compile(r"-(?:[0-9.]|inf|nan)", re.IGNORECASE)


class Parser(argparse.ArgumentParser):
    """An argument parser that raises `InvalidAsk` and takes no abbreviated option."""

    def __init__(self, **settings: object) -> None:
        super().__init__(**{"allow_abbrev": False, **settings})  # type: ignore[arg-type]

    def error(self, message: str) -> NoReturn:
        """Refuse, naming the option."""
        raise _refusal(message)


class Once(argparse.Action):
    """Store one value; given twice, nobody can say which was meant."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,  # noqa: ARG002 - argparse calls with all four
        namespace: argparse.Namespace,
        values: object,
        option_string: str | None = None,
    ) -> None:
        """Store the value; several words become one text."""
        if getattr(namespace, self.dest, self.default) != self.default:
            raise InvalidAsk(option_string or self.dest, "is given twice.", "Give it once.")
        setattr(namespace, self.dest, " ".join(values) if isinstance(values, list) else values)


def protect_negative_numbers(arguments: Sequence[str]) -> list[str]:
    """Arguments with a space before each negative number, which keeps it from being read as an option."""
    return [f" {argument}" if _LOOKS_NEGATIVE.match(argument) else argument for argument in arguments]


def refuse_unknown_options(parser: argparse.ArgumentParser, arguments: Sequence[str]) -> None:
    """Refuse an option its command does not have, before another one is called missing for it.

    Raises
    ------
    InvalidAsk
        Names the option typed, and the one that was probably meant.
    """
    for word in arguments:
        choices = _commands_of(parser)
        if word in choices:
            parser = choices[word]
        elif choices and not word.startswith("-"):
            # The options are those of the command that was meant; the parser says that there is no such one.
            return
        elif choices:
            # What follows an option may be its value.
            break
    known = parser._option_string_actions
    for word in arguments:
        name = word.partition("=")[0]
        if word == "--":
            return
        # A dash alone, or one that a word processor made longer, is meant as the beginning of an option too.
        if _LIKE_OPTION.fullmatch(name) and not _LOOKS_NEGATIVE.match(name) and name not in known:
            remedy = f"{_option_meant(name, [opt for opt in known if opt.startswith('--')])}'--help' lists the options."
            raise InvalidAsk(quote(name).strip("'"), "is no option of this command.", remedy)


def _option_meant(typed: str, known: list[str]) -> str:
    """``Did you mean ...? `` for an option: by its beginning, one of its words, another word for it, its spelling."""
    words = typed.lower().strip("-\N{EN DASH}\N{EM DASH}\N{MINUS SIGN}").split("-")
    words = [_OTHER_WORDS.get(word, word) for word in words if word]
    wanted = f"--{'-'.join(words)}"
    by_start = [name for name in known if name.startswith(wanted)]
    by_word = [name for name in known if words and words[0] in name.split("-")]
    for found in (by_start, by_word):
        if len(found) == 1:
            return f"Did you mean {found[0]!r}? "
    return did_you_mean(wanted, known)


def _commands_of(parser: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    """Commands of a parser by name; none where it takes none."""
    found: dict[str, argparse.ArgumentParser] = {}
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            found |= action.choices
    return found


def language_typed(arguments: Sequence[str]) -> str:
    """Language to refuse in, ``en`` or ``fr``: that of the last ``--lang``, which may never come to be parsed."""
    language = "en"
    for option, following in zip(arguments, [*arguments[1:], ""], strict=False):
        if option == "--":
            break
        name, _, value = option.partition("=")
        if name == "--lang":
            language = value or following
    return "fr" if language == "fr" else "en"


def add_language(parser: argparse.ArgumentParser) -> None:
    """Declare ``--lang``."""
    parser.add_argument("--lang", choices=LANGUAGES, default="en", help="language of the text: en or fr")


def add_json(parser: argparse.ArgumentParser) -> None:
    """Declare ``--json``."""
    parser.add_argument("--json", action="store_true",
                        help="print one JSON document and nothing else; an error is a problem document (RFC 9457) "
                        "on standard error")  # fmt: skip


def add_pack(parser: argparse.ArgumentParser) -> None:
    """Declare ``--pack``."""
    parser.add_argument("--pack", action=Once, metavar="DIR", help="geodata pack to use instead of the built-in one")


def add_overlay(parser: argparse.ArgumentParser) -> None:
    """Declare ``--overlay``."""
    parser.add_argument("--overlay", action=Once, metavar="FILE",
                        help="CSV of your own facts and places: port_id,field,value,grade,source,note")  # fmt: skip


def add_settings(parser: argparse.ArgumentParser) -> None:
    """Declare ``--settings``."""
    parser.add_argument("--settings", action=Once, metavar="FILE",
                        help="TOML file with settings; options and SAFEPORT_ variables win over it")  # fmt: skip


def pack_folder(text: str | None) -> Path | None:
    """Folder named by ``--pack``.

    Raises
    ------
    InvalidAsk
        There is no such folder; what is wrong inside one is for `geodata.pack` to say.
    """
    if text is None:
        return None
    folder = Path(text)
    if not folder.is_dir():
        raise InvalidAsk("--pack", f"there is no folder {quote(text)}.", "Name the folder that holds manifest.json.")
    return folder


def number(field: str, text: str | None) -> float | None:
    """A number as typed; NaN and infinity pass here and are refused by the model of the encounter.

    Raises
    ------
    InvalidAsk
        It is no number, or its comma could mean two things.
    """
    if text is None:
        return None
    typed = text.strip()
    if _NUMBER.fullmatch(typed) or _NOT_FINITE.fullmatch(typed):
        return float(typed)
    if "," in typed:
        raise InvalidAsk(field, f"{quote(typed)} has a comma.", "Write decimals with a point, without a unit: 18.5.")
    raise InvalidAsk(field, f"{quote(typed)} is not a number.", "Write digits without a unit: 18.5.")


def whole_number(field: str, text: str | None) -> int | None:
    """A whole number as typed.

    Raises
    ------
    InvalidAsk
    """
    if text is None:
        return None
    typed = text.strip()
    if not re.fullmatch(r"[+-]?[0-9]{1,9}", typed):
        raise InvalidAsk(field, f"{quote(typed)} is not a whole number.", "Write digits; leave it out if not known.")
    return int(typed)


def yes_no(field: str, text: str | None) -> bool | None:
    """Yes or no as typed.

    Raises
    ------
    InvalidAsk
    """
    if text is None:
        return None
    answer = _YES_NO.get(text.strip().lower())
    if answer is None:
        raise InvalidAsk(field, f"{quote(text.strip())} is neither yes nor no.", "Write yes or no.")
    return answer


def time_text(field: str, text: str | None) -> str | None:
    """A time as typed, in the form of a request body.

    Raises
    ------
    InvalidAsk
    """
    if text is None:
        return None
    return format_time(instant(field, text))


_READERS: dict[type, Callable[[str, str | None], object]] = {
    float: number, int: whole_number, bool: yes_no, str: time_text
}  # fmt: skip
_METAVARS = {float: "N", int: "N", bool: "yes|no", str: "T"}


def add_fields(parser: argparse.ArgumentParser, fields: Mapping[str, PlainField]) -> None:
    """Declare an option for each field."""
    for name, field in fields.items():
        unit = f" [{field.unit}]" if field.unit else ""
        parser.add_argument(
            field.option, dest=name, action=Once, nargs="+" if field.holds is str else None,
            metavar=_METAVARS[field.holds], help=f"{field.meaning[:1].lower()}{field.meaning[1:]}{unit}",
        )  # fmt: skip


def read_fields(
    fields: Mapping[str, PlainField], texts: Mapping[str, Any], called: Callable[[str], str]
) -> dict[str, object]:
    """Fields as they were typed, for a request body.

    Parameters
    ----------
    fields : mapping of PlainField
    texts : mapping of str
        By name of field; None, or nothing, where nothing was typed.
    called : callable
        What to call a field in a refusal.

    Raises
    ------
    InvalidAsk
    """
    return {name: _READERS[field.holds](called(name), texts.get(name)) for name, field in fields.items()}


def position(field: str, text: str, language: str = "en") -> tuple[float, float]:
    """Longitude and latitude of a position as typed; the letter O is west where French is spoken. [deg]

    Raises
    ------
    InvalidAsk
    """
    try:
        return parse_position(text, french=language == "fr")
    except InvalidPosition as wrong:
        raise InvalidAsk(field, wrong.problem, wrong.remedy) from None


def instant(field: str, text: str) -> float:
    """Epoch seconds of a time as typed: with its zone, or counted from now. [s]

    Raises
    ------
    InvalidAsk
    """
    try:
        return parse_time_as_typed(text, time.time())
    except InvalidTime as wrong:
        raise InvalidAsk(field, wrong.problem, wrong.remedy) from None


def quote(text: str) -> str:
    """A few characters of input, printable, in quotes."""
    shown = "".join(c if c.isprintable() else "?" for c in text[: LONGEST_ECHO + 1])
    return f"'{shown}'" if len(shown) <= LONGEST_ECHO else f"'{shown[: LONGEST_ECHO - 3]}...'"


def _refusal(message: str) -> SafeportError:
    """What argparse found wrong, in this program's form."""
    if found := re.match(r"the following arguments are required: ([^,]+)", message):
        return InvalidAsk(found[1].replace("COMMAND", "command"), "is missing.", "'--help' shows what is needed.")
    if found := re.match(r"unrecognized arguments: +(\S+)", message):
        return InvalidAsk(
            quote(found[1]).strip("'"), "was not expected.",
            "Put quotes around a value with spaces; '--help' lists the options.",
        )  # fmt: skip
    if found := re.match(r"argument COMMAND: invalid choice: (.*) \(choose from (.*)\)", message):
        names = re.findall(r"[a-z-]+", found[2])
        remedy = f"{did_you_mean(found[1].strip(chr(39)), names)}Commands: {found[2]}."
        return InvalidAsk("command", f"there is no command {found[1][:LONGEST_ECHO]}.", remedy)
    if found := re.match(r"argument (\S+): invalid choice: (.*) \(choose from (.*)\)", message):
        typed, values = found[2].strip("'"), [value.strip("' ") for value in found[3].split(",")]
        remedy = f"{did_you_mean(typed, values)}Values: {', '.join(values)}."
        return InvalidAsk(found[1], f"{quote(typed)} is not one of its values.", remedy)
    if found := re.match(r"argument ([^\s/]+)\S*: ignored explicit argument", message):
        return InvalidAsk(found[1], "takes no value.", "Leave out the sign = and what follows it.")
    if found := re.match(r"argument (\S+): expected .*argument", message):
        return InvalidAsk(found[1], "has no value.", "Write the value after it.")
    return InvalidAsk("arguments", f"{message[:160]}.", "'--help' lists the options.")
