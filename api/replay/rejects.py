"""Why a row could not be an encounter, and what was assumed of one that is: closed lists of codes.

A row is refused with every code that holds for it. What its cells held is not repeated: a rejects file may travel.
"""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from api.replay.schema import REJECTS

Mask = np.ndarray
"""Of bool, one for each row of a chunk."""

REJECT_CODES = {
    "ROW_MALFORMED": "the row has another number of cells than the header, or the feature is no GeoJSON feature",
    "TEXT_NOT_READABLE": "a cell is not in the encoding of the file",
    "POSITION_MISSING": "longitude or latitude is empty",
    "POSITION_FORM": "longitude or latitude is no number, or the geometry is no point",
    "POSITION_RANGE": "longitude is beyond 180 degrees or latitude beyond 90",
    "POSITION_ZERO": "0,0 is what a receiver without a fix reports",
    "TIME_MISSING": "there is no time",
    "TIME_SERIAL": "the time is a count of days as spreadsheets keep dates; write it out, or hand in the .xlsx file",
    "TIME_FORM": "the time is not written as the column map says, or is not on the calendar or clock",
    "TIME_NAIVE": "the time has no zone, and the column map names none",
    "TIME_ZONE_UNKNOWN": "the zone is none of the IANA time zone database",
    "TIME_WITHOUT_CLOCK": "there is a date and no clock, and the column map states no hour to take",
    "TIME_AMBIGUOUS": "the local time was shown twice as clocks went back, and the column map does not say which one",
    "TIME_NOT_SHOWN": "the local time was skipped as clocks went forward",
    "TIME_RANGE": "the year is before 1970 or after 2100",
    "PERSONS_FORM": "a number of persons is not a whole number",
    "PERSONS_RANGE": "a number of persons is below 0 or above 10,000",
    "PERSONS_INCOMPLETE": "only one of least and greatest number of persons is given",
    "PERSONS_ORDER": "the least number of persons is above the greatest",
    "PERSONS_RECOVERED_FORM": "the number recovered is not a whole number",
    "PERSONS_RECOVERED_RANGE": "the number recovered is below 0 or above 10,000",
    "PERSONS_RECOVERED_TOO_MANY": "more are recovered than there are persons",
    "PERSONS_IN_WATER_VALUE": "persons_in_water is neither yes nor no",
    "SHELTERED_VALUE": "sheltered is neither yes nor no",
    "MEDICAL_VALUE": "medical is none of none, urgent and critical",
    "ABOARD_SINCE_FORM": "aboard_since is no time, or has no zone",
    "ABOARD_SINCE_RANGE": "aboard_since is before 1970 or after 2100",
    "ABOARD_SINCE_AFTER_TIME": "people came aboard after the time of the encounter",
    "POSITION_ACCURACY_FORM": "position_accuracy_m is no number",
    "POSITION_ACCURACY_RANGE": "position_accuracy_m is beyond its limits",
    "POSITION_AGE_FORM": "position_age_s is no number",
    "POSITION_AGE_RANGE": "position_age_s is beyond its limits",
    "VESSEL_PROFILE_UNKNOWN": "there is no vessel profile of that name",
    "VESSEL_FIGURE_FORM": "a figure of the vessel is no number",
    "VESSEL_FIGURE_RANGE": "a figure of the vessel is beyond its limits",
    "POLICY_UNKNOWN": "there is no policy of that name",
}
"""Every code a row can be refused with, in the order they are written, and what it means."""

NOTE_CODES = {
    "CLOCK_ASSUMED": "the row had a date only; the hour is the one its column map states",
    "ZONE_ASSUMED": "the time had no zone of its own; the one its column map states was taken",
    "CLOCK_CHANGE_ASSUMED": "the local time was shown twice; the column map says which was taken",
    "VESSEL_ASSUMED": "the column map has no profile for the vessel named, and takes the one it states for all others",
    "OBSERVED_PORT_NOT_IN_REGISTER": "the port people were landed at, or were sent to, is kept as it was written",
    "OBSERVED_PORT_SEVERAL": "the everyday name of a port may stand for several; all of them are kept, written a|b",
    "LANDED_AT_FORM": "landed_at is no time, or has no zone, and is left out",
    "LANDED_AT_RANGE": "landed_at is before 1970 or after 2100, and is left out",
    "LANDED_BEFORE_TIME": "people were landed before the time of the encounter; landed_at is left out",
    "OPERATION_RESCUES_FORM": "operation_rescues is not a whole number, and is left out",
    "OPERATION_RESCUES_RANGE": "operation_rescues is below 1 or above 1,000, and is left out",
    "TRANSFERRED_VALUE": "transferred is neither yes nor no, and is left out",
    "TIME_UNCERTAINTY_FORM": "time_uncertainty_min is no number, and is left out",
    "TIME_UNCERTAINTY_RANGE": "time_uncertainty_min is below 0 or above a week, and is left out",
    "VESSEL_ALTERNATIVES_UNKNOWN": "vessel_alternatives names what is no vessel profile, and is left out",
    "ID_REPEATED": "an earlier row has the same encounter_id; both were decided",
    "ENCOUNTER_REPEATED": "an earlier row has the same time, place, people and vessel; both were decided",
}
"""Every code of something assumed or noted of a row that was decided, and what it means."""


FIRST_ROWS = 3
"""Rows that are named for each code."""


class RowErrors:
    """Codes collected for the rows of one chunk.

    Parameters
    ----------
    malformed : ndarray of bool, shape (n,)
        Rows that have no cells to look at: they carry ``ROW_MALFORMED`` and nothing else.
    """

    def __init__(self, malformed: Mask) -> None:
        self._malformed = malformed
        self._found: dict[str, Mask] = {"ROW_MALFORMED": malformed} if malformed.any() else {}

    def add(self, code: str, mask: Mask) -> None:
        """Mark rows with a code of `REJECT_CODES` or `NOTE_CODES`."""
        if mask.any():
            self._found[code] = (self.of(code) | mask) & ~self._malformed

    def of(self, code: str) -> Mask:
        """Rows marked with one code."""
        return self._found.get(code, np.zeros(len(self._malformed), np.bool_))

    def any_of(self, codes: dict[str, str]) -> Mask:
        """Rows marked with any code of a list."""
        marked = np.zeros(len(self._malformed), np.bool_)
        for code, mask in self._found.items():
            if code in codes:
                marked |= mask
        return marked

    def first_rows(self, codes: dict[str, str], row: np.ndarray, among: Mask) -> dict[str, list[int]]:
        """The first few rows that carry each code of a list, so that a sentence can name them."""
        marked = {code: row[self._found[code] & among] for code in codes if code in self._found}
        return {code: rows[:FIRST_ROWS].tolist() for code, rows in marked.items() if len(rows)}

    def counts(self, codes: dict[str, str], among: Mask) -> dict[str, int]:
        """How many of some rows carry each code of a list; a row counts once for each code it carries."""
        found = {code: int(np.count_nonzero(self._found[code] & among)) for code in codes if code in self._found}
        return {code: count for code, count in found.items() if count}

    def join_codes(self, codes: dict[str, str], among: Mask) -> pa.Array:
        """Codes of a list for some rows, joined by ``;`` in the order of the list; null where there is none."""
        together = pa.repeat(pa.scalar(""), int(np.count_nonzero(among)))
        for code in codes:
            if code in self._found:
                longer = pc.binary_join_element_wise(together, code, ";")
                longer = pc.if_else(pc.equal(together, ""), pa.scalar(code), longer)
                together = pc.if_else(pa.array(self._found[code][among]), longer, together)
        return pc.if_else(pc.equal(together, ""), pa.scalar(None, pa.string()), together)


def rejects_table(marks: RowErrors, row: np.ndarray, encounter_id: pa.Array) -> pa.Table:
    """Rows refused, of the schema `REJECTS`.

    Parameters
    ----------
    marks : RowErrors
    row : ndarray of int64, shape (n,)
        Number of each row in the input.
    encounter_id : Array of string, length n
    """
    refused = marks.any_of(REJECT_CODES)
    columns = [pa.array(row[refused]), encounter_id.filter(pa.array(refused)), marks.join_codes(REJECT_CODES, refused)]
    return pa.Table.from_arrays(columns, schema=REJECTS)
