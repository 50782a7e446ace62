"""The time of day where a customer lives."""

from datetime import UTC, datetime

import pytest

from console.words.local_times import local_time

NOON = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("address", "time"),
    [
        ("+4915123456789", "13:00"),
        ("+12065550142", "04:00"),
        # Countries with several zones whose numbers do not say which.
        ("+61412345678", ""),
        ("+18005550142", ""),
        ("384387", ""),
        ("MACYS", ""),
        ("whatsapp:+4915123456789", "13:00"),
    ],
)
def test_it_is_known_where_the_number_has_one_zone(address: str, time: str) -> None:
    assert local_time(address, NOON) == time
