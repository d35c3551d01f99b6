"""Numbers and dates, against CLDR as babel reads it."""

from datetime import UTC, datetime, timedelta

import pytest
from babel.dates import format_date
from babel.numbers import format_decimal
from hypothesis import given
from hypothesis import strategies as st

from api.text.locale import BOUND_SPACE, THIN_SPACE, Locale, localize_number, number_text

LANGUAGES = ("en", "fr")
DAYS = [datetime(2024, 1, 1, 12, tzinfo=UTC) + timedelta(days=k) for k in range(366)]


@pytest.mark.parametrize("language", LANGUAGES)
@given(value=st.floats(-1e9, 1e9), places=st.integers(0, 4))
def test_numbers_are_those_of_cldr(language, value, places):
    pattern = f"#,##0.{'0' * places}" if places else "#,##0"
    # Python rounds to even and so does babel; what rounds to nothing keeps its sign here.
    expected = format_decimal(round(value, places), pattern, locale=language)
    assert Locale(language).decimal(value, places).lstrip("-") == expected.lstrip("-")
    assert localize_number(f"{value:,.{places}f}", language) == number_text(f"{value:,.{places}f}").of(language)


@pytest.mark.parametrize("language", LANGUAGES)
@given(number=st.integers(0, 10**12))
def test_counts_are_those_of_cldr(language, number):
    assert Locale(language).count(number) == format_decimal(number, locale=language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_dates_are_those_of_cldr_but_for_the_first_of_a_month_in_french(language):
    locale = Locale(language)
    for at in DAYS:
        expected = format_date(at, "d MMMM y", locale=language)
        if language == "fr" and at.day == 1:
            # CLDR has no ordinal; French has one for the first alone.
            expected = expected.replace("1 ", "1er ", 1)
        assert locale.day(int(at.timestamp() * 1000)) == expected
        assert locale.month(at.year, at.month) == format_date(at, "MMM y", locale=language)
        assert locale.moment(at) == f"{format_date(at, 'dd MMM', locale=language)} 12:00"


def test_a_sign_is_written_where_it_is_asked_for():
    assert Locale("fr").decimal(3.0, 1, sign=True) == "+3,0"
    assert Locale("fr").decimal(-3.0, 1, sign=True) == "-3,0"
    assert Locale("en").decimal(1234.56, 1) == "1,234.6"
    assert Locale("fr").decimal(1234.56, 1) == f"1{THIN_SPACE}234,6"


def test_a_share_is_never_none_of_something_nor_all_where_something_is_missing():
    english, french = Locale("en"), Locale("fr")
    assert french.share(1, 3) == f"33,3{BOUND_SPACE}%"
    assert french.share(1, 100_000) == f"< 0,1{BOUND_SPACE}%"
    assert english.share(99_999, 100_000) == f"> 99.9{BOUND_SPACE}%"
    assert english.share(0, 0) == "-"
