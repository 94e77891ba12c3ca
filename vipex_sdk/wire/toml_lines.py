"""Where each key of a TOML text stands; ``tomllib`` gives values without places."""

from __future__ import annotations

import re

__all__ = ["BARE_KEY", "Key", "Place", "key_places"]

Key = tuple[str | int, ...]
"""A path into the document: names of tables and keys, and positions in arrays."""

Place = tuple[int, int]
"""Line and column, both from 1."""

_BLANK = re.compile(r"[ \t]*")
_BETWEEN = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_SCALAR = re.compile(r"[^,\]}#\r\n]+")
_STRINGS = (
    re.compile(r'"""(?:[^\\]|\\.)*?"{3,5}', re.DOTALL),
    re.compile(r"'''.*?'{3,5}", re.DOTALL),
    re.compile(r'"(?:[^"\\\n]|\\.)*"'),
    re.compile(r"'[^'\n]*'"),
)


def key_places(text: str) -> dict[Key, Place]:
    """Map every table, key and array item of valid TOML *text* to the place where it comes first."""
    scanner = _Scanner(text)
    scanner.document()
    return scanner.places


class _Scanner:
    """A walk over text that ``tomllib`` has already accepted, so nothing is checked again."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.position = 0
        self.places: dict[Key, Place] = {}
        self.tables_in_array: dict[Key, int] = {}

    def document(self) -> None:
        table: Key = ()
        self.skip(_BETWEEN)
        while self.position < len(self.text):
            if self.text[self.position] == "[":
                table = self.header()
            else:
                self.pair(table)
            self.skip(_BETWEEN)

    def header(self) -> Key:
        start = self.position
        repeated = self.text.startswith("[[", start)
        self.position += 2 if repeated else 1
        name = self.resolve(self.key())
        self.position += 2 if repeated else 1
        if repeated:
            index = self.tables_in_array.get(name, -1) + 1
            self.tables_in_array[name] = index
            self.note(name, start)
            name = (*name, index)
        self.note(name, start)
        return name

    def resolve(self, name: Key) -> Key:
        """Enter the latest table of each array of tables on the way; the last part is not entered."""
        path: Key = ()
        for position, part in enumerate(name):
            path = (*path, part)
            if position < len(name) - 1 and path in self.tables_in_array:
                path = (*path, self.tables_in_array[path])
        return path

    def pair(self, table: Key) -> None:
        start = self.position
        path = (*table, *self.key())
        for length in range(len(table) + 1, len(path) + 1):
            self.note(path[:length], start)
        self.position += 1  # the equals sign
        self.value(path)

    def key(self) -> Key:
        parts: list[str | int] = []
        while True:
            self.skip(_BLANK)
            parts.append(self.key_part())
            self.skip(_BLANK)
            if self.text[self.position] != ".":
                return tuple(parts)
            self.position += 1

    def key_part(self) -> str:
        if bare := BARE_KEY.match(self.text, self.position):
            self.position = bare.end()
            return bare.group()
        return _unquote(self.string())

    def value(self, path: Key) -> None:
        self.skip(_BLANK)
        opening = self.text[self.position]
        if opening == "[":
            self.array(path)
        elif opening == "{":
            self.inline_table(path)
        elif opening in "\"'":
            self.string()
        else:
            self.skip(_SCALAR)

    def array(self, path: Key) -> None:
        self.position += 1
        self.skip(_BETWEEN)
        index = 0
        while self.text[self.position] != "]":
            self.note((*path, index), self.position)
            self.value((*path, index))
            index += 1
            self.separator()
        self.position += 1

    def inline_table(self, path: Key) -> None:
        self.position += 1
        self.skip(_BETWEEN)
        while self.text[self.position] != "}":
            self.pair(path)
            self.separator()
        self.position += 1

    def separator(self) -> None:
        self.skip(_BETWEEN)
        if self.text[self.position] == ",":
            self.position += 1
            self.skip(_BETWEEN)

    def string(self) -> str:
        for pattern in _STRINGS:
            if found := pattern.match(self.text, self.position):
                self.position = found.end()
                return found.group()
        raise AssertionError(self.position)  # tomllib has accepted the text

    def skip(self, pattern: re.Pattern[str]) -> None:
        if found := pattern.match(self.text, self.position):
            self.position = found.end()

    def note(self, path: Key, position: int) -> None:
        line_start = self.text.rfind("\n", 0, position) + 1
        self.places.setdefault(path, (self.text.count("\n", 0, position) + 1, position - line_start + 1))


def _unquote(quoted: str) -> str:
    """Let the real reader undo the escapes of a quoted key."""
    import tomllib

    value = tomllib.loads(f"key = {quoted}")["key"]
    return str(value)
