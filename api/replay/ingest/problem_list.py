"""All that is wrong with a table or a column map, in one refusal: who mends it sees every fault at once."""

from engine.errors import InvalidAsk


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
        listed = " ".join(
            f"({number}) {'It' if each.field == field else each.field} {each.problem}"
            for number, each in enumerate(problems, start=1)
        )
        remedies = " ".join(dict.fromkeys(each.remedy for each in problems))
        raise InvalidAsk(field, f"{len(problems)} problems: {listed}", remedies)
