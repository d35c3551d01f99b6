"""How much of a brief answer is put into words: a poor link takes no more than so much.

An estimate, because packing each answer to know would take longer than making it. What parts take is by least squares
over the encounters of `bench.answers`; the estimate is right to 45 bytes in English and French alike.
"""

from collections.abc import Sequence
from math import inf

from api.documents.bilingual import Bilingual
from api.documents.decision import DEFAULT_LIMIT
from api.text.messages import WORDING
from engine.codes import Code

MOST_GZIPPED = 2_500
"""What nine in ten answers in one language take at most. [bytes]"""

MARGIN = {"en": 70, "fr": 115}
"""Kept for what the estimate is wrong by; in French more answers come near to the bound. [bytes]"""

BARE = {"en": 1_109, "fr": 1_157}
"""What an answer with one port takes, but for its sentences, by language. [bytes]"""

PORT, NEARER, LEG = 74, 33, 21
"""What each port after the first takes, each nearer port, each leg with its turn in the route. [bytes]"""

PORT_ID, NOTICED_PORT, CENTRE, STATED, CRITICAL = 8, 30, 60, 24, 60
"""What a port named by its id alone takes, one that a notice names, the second centre, each thing stated of how exact a
position is, the order by time to care. [bytes]"""

LETTER, AGAIN, SHORT_LEG, POINT = 0.64, 4, 8, 9
"""What a letter takes, a sentence like one before it, a leg as two figures, a point between turns. [bytes]"""


class Room:
    """What is left for words that not every answer has.

    Parameters
    ----------
    languages : sequence of str
        Of the texts; who asks for both asks for more than fits, and there is room for all.
    limit : int
        Ports asked for; there is room for all beyond the default, too.

    Attributes
    ----------
    is_bounded : bool
    """

    def __init__(self, languages: Sequence[str], limit: int) -> None:
        self._language = languages[0]
        self.is_bounded = len(languages) == 1 and limit <= DEFAULT_LIMIT
        self._left = float(MOST_GZIPPED - MARGIN[languages[0]] - BARE[languages[0]]) if self.is_bounded else inf
        self._met: set[str] = set()

    def spend(self, size: float) -> None:
        """Take room for what every answer has. [bytes]"""
        self._left -= size

    def spend_words(self, text: Bilingual | None, code: str | None = None) -> None:
        """Take room for words that are there already."""
        if text is not None:
            self._left -= LETTER * len(text[self._language])  # type: ignore[literal-required]
        if code is not None:
            self._met.add(code)

    def takes(self, size: float) -> bool:
        """Whether there is room for so much, which is taken then; what comes later and is smaller may still fit."""
        if size > self._left:
            return False
        self._left -= size
        return True

    def spend_sentence(self, code: str) -> None:
        """Take room for the sentence of a code that every answer has."""
        self.spend(self._size_of_sentence(code))
        self._met.add(code)

    def takes_sentence(self, code: str) -> bool:
        """Whether there is room for the sentence of a code, which is taken then."""
        if not self.takes(self._size_of_sentence(code)):
            return False
        self._met.add(code)
        return True

    def _size_of_sentence(self, code: str) -> float:
        return AGAIN if code in self._met else LETTER * len(WORDING[Code[code]].text.of(self._language))
