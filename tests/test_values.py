"""Vocabularies that others may extend."""

import copy
import json
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vipex_sdk.values import OpenEnum, Unit
from vipex_sdk.webhooks.events import Direction, Disposition


class Colour(OpenEnum):
    RED = "red"
    BLUE = "blue"


def test_a_known_word_is_its_member() -> None:
    assert Colour("red") is Colour.RED
    assert Colour.RED.known
    assert list(Colour) == [Colour.RED, Colour.BLUE]


@given(st.text(max_size=20))
def test_an_unknown_word_is_kept_as_it_is(word: str) -> None:
    member = Colour(word)
    assert isinstance(member, Colour)
    assert (member, member.value, str(member)) == (word, word, word)
    assert member == Colour(word)
    assert hash(member) == hash(Colour(word)) == hash(word)
    assert member.known is (word in {"red", "blue"})
    assert json.loads(json.dumps(member)) == word


def test_unknown_words_do_not_join_the_vocabulary() -> None:
    Colour("mauve")
    assert [colour.value for colour in Colour] == ["red", "blue"]
    assert "MAUVE" not in Colour.__members__


def test_the_same_word_of_two_vocabularies_is_known_to_one() -> None:
    assert Direction("inbound").known
    assert not Disposition("inbound").known


@pytest.mark.parametrize("value", [None, 7, b"red", ["red"]])
def test_what_is_no_text_is_no_word(value: object) -> None:
    with pytest.raises(ValueError, match="is not a valid Colour"):
        Colour(value)


@pytest.mark.parametrize("word", ["red", "mauve"])
def test_words_survive_copies(word: str) -> None:
    assert copy.deepcopy(Disposition(word)) == word
    assert pickle.loads(pickle.dumps(Disposition(word))) == word


def test_a_unit_is_closed() -> None:
    assert Unit("s") is Unit.SECONDS
    with pytest.raises(ValueError, match="is not a valid Unit"):
        Unit("parsec")
