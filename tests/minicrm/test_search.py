from __future__ import annotations

import pytest
from vipex_minicrm.model import ContactRow
from vipex_minicrm.search import Agreement, agreement, last_digits, stored_numbers


@pytest.mark.parametrize(
    ("e164", "digits"),
    [
        ("+36300000001", "00000001"),
        ("+3610000200", "0000200"),
        ("+493012345678", "12345678"),
        ("+3541234567", "1234567"),
    ],
)
def test_eight_digits_of_a_mobile_seven_of_a_landline(e164: str, digits: str) -> None:
    assert last_digits(e164) == digits


@pytest.mark.parametrize(
    ("phone", "verdict"),
    [
        ("06 30 000 0001", Agreement.SAME),
        ("+36 (30) 000-0001", Agreement.SAME),
        ("0036300000001", Agreement.SAME),
        ("06 1 000 0100, 06 30 000 0001", Agreement.SAME),
        ("06 20 000 0001", Agreement.OTHER),
        ("06 30 000 0009", Agreement.HIDDEN),
        ("", Agreement.HIDDEN),
        ("titkárság", Agreement.HIDDEN),
    ],
)
def test_rows_are_verified_by_their_shown_numbers(phone: str, verdict: Agreement) -> None:
    row = ContactRow(id="1", name="Kiss Anna", is_company=False, phone=phone)
    assert agreement(row, "+36300000001") is verdict


def test_several_numbers_in_one_field_stay_as_stored() -> None:
    assert stored_numbers("06 30 000 0001; 06-1 / 000-0100,\n+36 20 000 0001 ") == (
        "06 30 000 0001",
        "06-1 / 000-0100",
        "+36 20 000 0001",
    )
