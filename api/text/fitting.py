"""What fits into a line: parts by weight, each in the fullest wording there is room for, none of them cut."""

from collections.abc import Callable, Sequence


def fit_by_weight(
    parts: Sequence[Sequence[str]], has_room: Callable[[Sequence[str], int], bool]
) -> tuple[list[str], int]:  # fmt: skip
    """Parts that fit into a line, in their order.

    As many as fit in their shortest wordings, the weightier first; what room is left goes to fuller wordings.

    Parameters
    ----------
    parts : sequence of sequence of str
        The weightiest first; of each its wordings, from the fullest to the shortest.
    has_room : callable
        Whether these wordings fit, with so many parts left out.

    Returns
    -------
    tuple of (list of str, int)
        The wordings chosen, and how many parts are left out.
    """
    chosen: dict[int, str] = {}

    def fits(number: int, wording: str) -> bool:
        trial = {**chosen, number: wording}
        return has_room([trial[k] for k in sorted(trial)], len(parts) - len(trial))

    for number, wordings in enumerate(parts):
        if fits(number, wordings[-1]):
            chosen[number] = wordings[-1]
    for number in chosen:
        chosen[number] = next(wording for wording in parts[number] if fits(number, wording))
    return list(chosen.values()), len(parts) - len(chosen)


def fewer_names(names: Sequence[str]) -> list[str]:
    """All the names, then fewer and fewer of them, the others counted."""
    return [", ".join(names), *(f"{', '.join(names[:n])} +{len(names) - n}" for n in range(len(names) - 1, 0, -1))]
