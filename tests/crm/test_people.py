from __future__ import annotations

import pytest

from vipex_sdk.crm import CrmUser, Ref
from vipex_sdk.crm.people import Pairing, pair, same_name

BELA, DORA, EVA = (
    CrmUser(ref=Ref("user", number), name=name)
    for number, name in (("2001", "Nagy Béla"), ("2002", "Kovács Dóra"), ("2003", "Szabó Éva"))
)


@pytest.mark.parametrize("spelling", ["nagy bela", "Béla Nagy", "NAGY  BÉLA", "Nagy, Béla"])
def test_a_name_is_the_same_however_it_is_written(spelling: str) -> None:
    assert same_name(spelling) == same_name("Nagy Béla")


def test_matched_and_unmatched_of_both_sides_are_there() -> None:
    found = pair([BELA, DORA, EVA], {"101": "Bela Nagy", "107": "Recepció", "102": "?"}, {"102": "2002"})
    assert found == (
        Pairing(name="Nagy Béla", crm_user="2001", extension="101", by="name"),
        Pairing(name="Kovács Dóra", crm_user="2002", extension="102", by="configured"),
        Pairing(name="Szabó Éva", crm_user="2003"),
        Pairing(name="Recepció", extension="107"),
    )


def test_what_the_crm_says_of_itself_needs_no_guess() -> None:
    (found,) = pair([CrmUser(ref=Ref("user", "1"), name="X", extension="103")], {"103": "Y"}, {})
    assert (found.extension, found.by) == ("103", "profile")


def test_a_name_that_two_have_is_nobody_s() -> None:
    assert {one.by for one in pair([BELA], {"101": "Nagy Béla", "102": "Nagy Béla"}, {})} == {""}
    twin = CrmUser(ref=Ref("user", "2009"), name="Béla Nagy")
    assert {one.by for one in pair([BELA, twin], {"101": "Nagy Béla"}, {})} == {""}
