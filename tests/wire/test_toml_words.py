from __future__ import annotations

from enum import Enum, StrEnum

import pytest
from attrs import frozen

from vipex_sdk.errors import ConfigError
from vipex_sdk.wire.toml import parse_toml


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


class Size(Enum):
    SMALL = "small"


@frozen(kw_only=True)
class Paint:
    colour: Colour
    size: Size = Size.SMALL
    others: tuple[Colour, ...] = ()


def test_words_become_members_not_bare_text() -> None:
    paint = parse_toml('colour = "red"\nsize = "small"\nothers = ["blue"]').structure(Paint)
    assert paint.colour is Colour.RED
    assert paint.size is Size.SMALL
    assert paint.others[0] is Colour.BLUE


@pytest.mark.parametrize(
    ("text", "key", "line"), [('colour = "bleu"', "colour", 1), ('colour = "red"\nothers = ["red", 7]', "others[1]", 2)]
)
def test_an_unknown_word_is_refused_with_the_words_there_are(text: str, key: str, line: int) -> None:
    with pytest.raises(ConfigError, match='expected one of "red", "blue"') as caught:
        parse_toml(text).structure(Paint)
    assert (caught.value.key, caught.value.line) == (key, line)
