"""Times as files write them: on the clock that was named, refused where it shows no such time."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from gis_grid.exchange.values import Unusable
from incidents.past.written_time import moment

SHANGHAI = ZoneInfo("Asia/Shanghai")
NEW_YORK = ZoneInfo("America/New_York")


@pytest.mark.parametrize(
    "text",
    [
        "2024-02-20 11:08:25",
        "2024-02-20T11:08:25",
        "2024/02/20 11:08:25",
        "2024/2/20 11:08:25",
        "2024年2月20日 11:08:25",
        "2024-02-20T03:08:25Z",
        "2024/02/20 03:08:25+00",
        "2024-02-20 12:08:25+09:00",
        " 2024-02-20 11:08:25 ",
    ],
)
def test_the_same_moment_in_many_writings(text: str) -> None:
    assert moment(text, SHANGHAI) == datetime(2024, 2, 20, 3, 8, 25, tzinfo=UTC)


@pytest.mark.parametrize("text", ["2024-02-20", "2024/2/20", "20240220", "2024年02月20日"])
def test_a_day_is_its_beginning_or_its_last_second(text: str) -> None:
    assert moment(text, SHANGHAI) == datetime(2024, 2, 20, tzinfo=SHANGHAI)
    assert moment(text, SHANGHAI, day_ends=True) == datetime(
        2024, 2, 20, 23, 59, 59, tzinfo=SHANGHAI
    )


def test_a_format_is_used_instead_of_guessing() -> None:
    assert moment("02/20/24 11h08", SHANGHAI, "%m/%d/%y %Hh%M") == datetime(
        2024, 2, 20, 11, 8, tzinfo=SHANGHAI
    )
    with pytest.raises(Unusable, match="not_a_time"):
        moment("2024-02-20 11:08", SHANGHAI, "%m/%d/%y %Hh%M")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "not_a_time"),
        ("yesterday", "not_a_time"),
        ("2024-02-30", "not_a_time"),
        ("2024-02-20 25:00", "not_a_time"),
        ("02/20/2024 11:08", "not_a_time"),  # which is the month?
        ("0001-01-01 00:00", "time_implausible"),
        ("9999-12-31 23:59", "time_implausible"),
    ],
)
def test_what_is_no_time(text: str, code: str) -> None:
    with pytest.raises(Unusable) as refusal:
        moment(text, SHANGHAI)

    assert refusal.value.code == code


def test_an_hour_that_comes_twice_is_not_guessed_at() -> None:
    with pytest.raises(Unusable, match="time_ambiguous"):
        moment("2024-11-03 01:30", NEW_YORK)
    assert moment("2024-11-03 01:30-05:00", NEW_YORK).astimezone(UTC).hour == 6


def test_an_hour_that_is_skipped_does_not_exist() -> None:
    with pytest.raises(Unusable, match="time_nonexistent"):
        moment("2024-03-10 02:30", NEW_YORK)


def test_a_day_begins_even_where_midnight_is_skipped() -> None:
    havana = ZoneInfo("America/Havana")  # 2024-03-10 began at 01:00

    assert moment("2024-03-10", havana) == datetime(2024, 3, 10, 5, tzinfo=UTC)
