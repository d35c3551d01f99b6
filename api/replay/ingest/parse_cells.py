"""Columns of cells to arrays of values: text as people write it, or typed as a Parquet file holds it.

Every function marks what it cannot read with a code and gives "not known" in its place.
"""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from api.replay.ingest.rejects import RowErrors

_NUMBER = r"^[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$"
# A table that once went through a spreadsheet or a data frame has its counts as 12.0.
_WHOLE_NUMBER = r"^[+-]?[0-9]{1,9}(?:\.0*)?$"
_DECIMAL_COMMA = r"^([+-]?[0-9]*),([0-9]+)$"

_THOUSANDS = r"^[+-]?[0-9]{1,3}(?:\.[0-9]{3})+$"

_TEXT = (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view)
_BYTES = (pa.types.is_binary, pa.types.is_large_binary, pa.types.is_binary_view)

_YES = ("true", "yes", "oui", "vrai", "1")
_NO = ("false", "no", "non", "faux", "0")


def text_of(cells: pa.Array, empty: tuple[str, ...], marks: RowErrors) -> pa.Array:
    """Cells as text without spaces around it; null where the cell holds nothing, or one of the words for nothing.

    Parameters
    ----------
    cells : Array
        Of bytes, text, or any type that has one way of being written.
    empty : tuple of str
    marks : RowErrors
        Gets ``TEXT_NOT_READABLE``.
    """
    if pa.types.is_null(cells.type):
        return pc.cast(cells, pa.string())
    if pa.types.is_dictionary(cells.type):
        cells = cells.dictionary_decode()
    is_extension = isinstance(cells.type, pa.BaseExtensionType)
    if pa.types.is_nested(cells.type) or pa.types.is_fixed_size_binary(cells.type) or is_extension:
        # Lists, structs and raw identifiers have no one way of being written.
        marks.add("TEXT_NOT_READABLE", cells.is_valid().to_numpy(zero_copy_only=False))
        return pa.nulls(len(cells), pa.string())
    if any(test(cells.type) for test in _BYTES):
        cells = _decoded(cells, marks)
    text = pc.utf8_trim_whitespace(pc.cast(cells, pa.string()))
    return pc.if_else(pc.is_in(text, pa.array(sorted({"", *empty}))), pa.scalar(None, pa.string()), text)


def _decoded(cells: pa.Array, marks: RowErrors) -> pa.Array:
    try:
        return pc.cast(cells, pa.string())
    except pa.ArrowInvalid:
        # Rare, so one by one: which of them is it?
        texts = [_utf8(cell) for cell in cells.to_pylist()]
        marks.add("TEXT_NOT_READABLE", np.array([text is False for text in texts]))
        return pa.array([text or None for text in texts], pa.string())


def _utf8(cell: bytes | None) -> str | bool | None:
    try:
        return None if cell is None else cell.decode("utf-8")
    except UnicodeDecodeError:
        return False


def is_text(cells: pa.Array) -> bool:
    """Whether cells hold text or bytes, in any of Arrow's ways."""
    kind = cells.type.value_type if pa.types.is_dictionary(cells.type) else cells.type
    return any(test(kind) for test in (*_TEXT, *_BYTES))


def numbers(
    cells: pa.Array, code: str, marks: RowErrors, *, empty: tuple[str, ...] = ("",), decimal_comma: bool = False,
    whole: bool = False, thousands: bool = False,
) -> np.ndarray:  # fmt: skip
    """Cells as numbers, NaN where not known.

    Parameters
    ----------
    cells : Array
    code : str
        Given to what is no finite number, or no whole one where `whole` asks for that.
    marks : RowErrors
    empty : tuple of str
    decimal_comma : bool
    whole : bool
    thousands : bool
        Whether ``1.500`` in a table with decimal commas may be one thousand five hundred, and so is not read.

    Returns
    -------
    ndarray of float64
    """
    if is_text(cells):
        text = text_of(cells, empty, marks)
        if decimal_comma and thousands:
            unclear = pc.fill_null(pc.match_substring_regex(text, _THOUSANDS), False)
            marks.add(code, unclear.to_numpy(zero_copy_only=False))
            text = pc.if_else(unclear, pa.scalar(None, pa.string()), text)
        return _numbers_in_text(text, code, marks, decimal_comma, whole)
    if pa.types.is_null(cells.type):
        return np.full(len(cells), np.nan)
    present = pc.is_valid(cells).to_numpy(zero_copy_only=False)
    kind = cells.type
    if not (pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind)):
        marks.add(code, present)
        return np.full(len(cells), np.nan)
    values = pc.cast(cells, pa.float64(), safe=False).to_numpy(zero_copy_only=False)
    # A data frame writes a number it does not know as NaN.
    wrong = np.isinf(values) | (~np.isnan(values) & (values != np.floor(values)) if whole else False)
    marks.add(code, wrong)
    return np.where(wrong, np.nan, values)


def _numbers_in_text(text: pa.Array, code: str, marks: RowErrors, decimal_comma: bool, whole: bool) -> np.ndarray:
    if decimal_comma:
        text = pc.replace_substring_regex(text, _DECIMAL_COMMA, r"\1.\2")
    fits = pc.match_substring_regex(text, _WHOLE_NUMBER if whole else _NUMBER)
    bare = pc.utf8_ltrim(pc.if_else(fits, text, pa.scalar(None, pa.string())), "+")
    values = pc.cast(bare, pa.float64()).to_numpy(zero_copy_only=False)
    wrong = pc.fill_null(pc.invert(fits), False).to_numpy(zero_copy_only=False) | np.isinf(values)
    marks.add(code, wrong)
    return np.where(wrong, np.nan, values)


def flags(cells: pa.Array, code: str, marks: RowErrors, empty: tuple[str, ...]) -> pa.Array:
    """Cells as yes or no, null where not known."""
    if pa.types.is_boolean(cells.type) or pa.types.is_null(cells.type):
        return pc.cast(cells, pa.bool_())
    if pa.types.is_floating(cells.type):
        # A data frame writes a flag it does not know as NaN, and then the others as 1.0 and 0.0.
        cells = pc.if_else(pc.is_nan(cells), pa.scalar(None, cells.type), cells)
    text = pc.utf8_lower(text_of(cells, empty, marks))
    yes, no = (pc.is_in(text, pa.array(words)) for words in (_YES, _NO))
    stranger = pc.and_(pc.is_valid(text), pc.invert(pc.or_(yes, no)))
    marks.add(code, stranger.to_numpy(zero_copy_only=False))
    return pc.if_else(pc.or_(yes, no), yes, pa.scalar(None, pa.bool_()))


def translate(text: pa.Array, words: dict[str, str]) -> tuple[pa.Array, np.ndarray]:
    """Words of others to ours, whatever the case, and which rows only ``*`` stood for; what is in neither stays."""
    theirs = [word for word in words if word != "*"]
    place = pc.index_in(pc.utf8_lower(text), pa.array(theirs, pa.string()))
    ours = pc.take(pa.array([words[word] for word in theirs], pa.string()), place)
    stranger = pc.and_(pc.is_valid(text), pc.is_null(place))
    others = pa.scalar(words["*"]) if "*" in words else text
    return pc.if_else(stranger, others, ours), (
        stranger.to_numpy(zero_copy_only=False) if "*" in words else np.zeros(len(text), np.bool_)
    )
