"""What tests of positions and times share."""

from api.position import InvalidPosition, InvalidTime

TENTH_SECOND_DEG = 0.1 / 3600.0
HALF_TENTH_MINUTE_DEG = 0.05 / 60.0


def dm(degrees: int, minutes: float) -> float:
    """Degrees and minutes as degrees."""
    return degrees + minutes / 60.0


LAT, LON = dm(51, 7.3), dm(1, 20.8)


def assert_short_sentences(error: InvalidPosition | InvalidTime) -> None:
    for sentence in (error.problem, error.remedy):
        assert sentence.endswith(".")
        assert len(sentence) <= 110
    assert str(error) == f"{error.problem} {error.remedy}"
