"""Who has which encounter on the screen: told to every desk at once, and forgotten within a minute.

It is no record: nothing of it is stored, and each process knows the desks that ask it.
"""

from typing import Any, NamedTuple

PRESENT_S = 45.0
"""A desk that has not said anything for so long has gone. Pages say it every 20 s. [s]"""

MOST_DESKS = 500
"""Beyond these the one that was heard longest ago is forgotten."""


class Desk(NamedTuple):
    """A page of the console that somebody has open.

    Attributes
    ----------
    centre, duty : str
        As its user gave them; either may be empty.
    encounter_id : str
        What is on its screen.
    heard_s : float
        When it last said so, by a clock that never goes back. [s]
    """

    centre: str
    duty: str
    encounter_id: str
    heard_s: float


class Presence:
    """The desks there are."""

    def __init__(self) -> None:
        self._desks: dict[str, Desk] = {}

    def hear(self, desk_id: str, centre: str, duty: str, encounter_id: str | None, now_s: float) -> bool:
        """Take down what a desk has on its screen; None where it has nothing, or goes.

        Returns
        -------
        bool
            Whether anything is other than it was, also that somebody else has gone.
        """
        before = self._shown()
        self._desks.pop(desk_id, None)
        self._desks = {name: desk for name, desk in self._desks.items() if now_s - desk.heard_s <= PRESENT_S}
        if encounter_id is not None:
            while len(self._desks) >= MOST_DESKS:
                del self._desks[next(iter(self._desks))]
            self._desks[desk_id] = Desk(centre, duty, encounter_id, now_s)
        return self._shown() != before

    def document(self) -> list[dict[str, Any]]:
        """Every desk, and what it shows."""
        return [
            {"desk": name, "centre": desk.centre, "duty": desk.duty, "encounter_id": desk.encounter_id}
            for name, desk in self._desks.items()
        ]

    def _shown(self) -> dict[str, tuple[str, str, str]]:
        return {name: desk[:3] for name, desk in self._desks.items()}
