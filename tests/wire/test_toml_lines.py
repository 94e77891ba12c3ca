"""The locator of keys against the real reader of TOML."""

from __future__ import annotations

import json
import string
import tomllib
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from vipex_sdk.wire.toml_lines import Key, Place, key_places

TRICKY = '''
title = "a # no comment"  # a comment with "quotes" and [brackets]
"quoted.key" = 1
a.b."c d" = { x = 1, y.z = [ "]", { w = '}' } ] }

[table]  # comment
text = """
[not.a.table]
key = "no"
\\""" still inside """
raw = \'\'\'
# no comment
'''
TRICKY += """it''s'''
dates = [ 1979-05-27T07:32:00Z,
          07:32:00, # why not
          [ 1, 2 ], ]
[table.'deeper one']
inf = -inf
[[array]]
n = 1
[[array]]
[array.inner]
m = 2
[[array.nested]]
k = 3
[[array.nested]]
k = 4
"""


def every_key(value: Any, path: Key = ()) -> set[Key]:
    if isinstance(value, dict):
        inner = {key for name, one in value.items() for key in every_key(one, (*path, name))}
    elif isinstance(value, list):
        inner = {key for index, one in enumerate(value) for key in every_key(one, (*path, index))}
    else:
        inner = set()
    return inner | ({path} if path else set())


def at(text: str, places: dict[Key, Place], *key: str | int) -> str:
    """Give what stands at a key's place, to the end of its line."""
    line, column = places[key]
    return text.split("\n")[line - 1][column - 1 :]


def test_tricky_text_has_every_key_at_its_place() -> None:
    places = key_places(TRICKY)
    assert set(places) == every_key(tomllib.loads(TRICKY))
    assert at(TRICKY, places, "a", "b", "c d", "y", "z", 1, "w").startswith("w = '}'")
    assert at(TRICKY, places, "table", "raw").startswith("raw")
    assert at(TRICKY, places, "table", "dates", 1).startswith("07:32")
    assert at(TRICKY, places, "array", 1, "inner", "m") == "m = 2"
    assert at(TRICKY, places, "array", 1, "nested", 1, "k") == "k = 4"


names = st.text(string.ascii_letters + string.digits + "-_ .#'[]=ő\"", min_size=1, max_size=6)
scalars = st.one_of(
    st.integers(-99, 99), st.booleans(), st.text(string.ascii_letters + "#[]{}=,'\" \\", max_size=8).map(str)
)
inline = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3), max_leaves=6
)
tables = st.dictionaries(names, st.dictionaries(names, inline, max_size=4), max_size=4)


def written(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key)} = {written(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list):
        return "[ # a list\n" + ",\n".join(map(written, value)) + "\n]"
    return json.dumps(value)


@given(tables)
def test_every_key_is_found_and_each_place_holds_its_key(data: dict[str, dict[str, Any]]) -> None:
    rows = []
    for name, table in data.items():
        rows.append(f"[{json.dumps(name)}] # {name!a}")
        rows += [f"{json.dumps(key)} = {written(one)}" for key, one in table.items()]
    text = "\n".join(rows)
    assert tomllib.loads(text) == data
    places = key_places(text)
    assert set(places) == every_key(data)
    for name, table in data.items():
        assert at(text, places, name).startswith(f"[{json.dumps(name)}]")
        for key in table:
            assert at(text, places, name, key).startswith(json.dumps(key))
