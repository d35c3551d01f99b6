"""All that is wrong with a table or a column map, in one refusal: who mends it sees every fault at once."""

from api.text.refusals import listed_refusals
from engine.errors import InvalidAsk


class SeveralRefused(InvalidAsk):
    """Several things that are wrong with a table or a column map, told in one refusal.

    Parameters
    ----------
    field : str
        What the refusal names; a problem of another field is named by its own.
    refusals : list of InvalidAsk
    """

    def __init__(self, field: str, refusals: list[InvalidAsk]) -> None:
        self._refusals = [("" if each.field == field else each.field, each.problem, each.remedy) for each in refusals]
        super().__init__(field, *listed_refusals(self._refusals, "en"))

    def told_in(self, language: str) -> InvalidAsk:
        """The same in ``en`` or ``fr``."""
        return InvalidAsk(self.field, *listed_refusals(self._refusals, language))


def raise_all(field: str, problems: list[InvalidAsk]) -> None:
    """Raise what is wrong, all of it in one refusal; nothing where nothing is wrong.

    Parameters
    ----------
    field : str
        What the refusal names where there is more than one; a problem of another field is named by its own.
    problems : list of InvalidAsk

    Raises
    ------
    InvalidAsk
    """
    if len(problems) == 1:
        raise problems[0]
    if problems:
        raise SeveralRefused(field, problems)
