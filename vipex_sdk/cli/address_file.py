"""Lists of people as spreadsheets write them: CSV in Hungarian or English, with whatever separates and encodes it."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from attrs import frozen

from vipex_sdk.control.phonebook import PhonebookEntry, PhonebookNumber
from vipex_sdk.errors import ConfigError
from vipex_sdk.numbers import NumberKind, NumberRules, PhoneNumber

__all__ = ["COLUMNS", "AddressFile", "read_addresses"]

COLUMNS: dict[str, tuple[str, ...]] = {
    "external_id": ("external_id", "id", "key", "azonosito", "kulso azonosito", "ugyfelkod", "ugyfelazonosito"),
    "name": ("name", "nev", "teljes nev", "ugyfel neve", "kapcsolattarto"),
    "company": ("company", "ceg", "cegnev", "vallalat", "munkahely"),
    "email": ("email", "e mail", "email cim", "e mail cim"),
    "note": ("note", "notes", "comment", "megjegyzes"),
}
"""Field to what its column may be called, without accents and capitals."""

NUMBERS: dict[str, tuple[str, ...]] = {
    "": ("number", "numbers", "phone", "telephone", "telefon", "telefonszam", "tel", "szam"),
    "mobile": ("mobile", "cell", "mobil", "mobilszam", "mobiltelefon"),
    "work": ("work", "office", "munkahelyi", "munkahelyi telefon", "irodai", "irodai telefon", "ceges telefon"),
    "home": ("home", "otthoni", "otthoni telefon", "vezetekes", "vezetekes telefon"),
    "fax": ("fax",),
}
"""Type of number to what its columns may be called; a column may be numbered: Telefon 2."""

_PLAIN = str.maketrans("áéíóöőúüű", "aeiooouuu")
_SEVERAL = re.compile(r"[,\n|]")
_SHORTENED = re.compile(r"\d+[.,]?\d*[eE]\+?\d+")
_MOST_BYTES = 64 * 1024 * 1024


@frozen(kw_only=True)
class AddressFile:
    """What was read.

    Attributes:
        entries: in the order of the file.
        lines: the line that each entry stands in, counted from 1.
    """

    entries: tuple[PhonebookEntry, ...]
    lines: tuple[int, ...]


def read_addresses(path: Path, rules: NumberRules) -> AddressFile:
    """Read the people in the CSV file *path*.

    Raises:
        ConfigError: it cannot be read, or a column or a cell is not what it should be; names file, line and column,
            never what stands there.
    """
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise ConfigError(f"expected a file of at most {_MOST_BYTES // 1024 // 1024} MiB", file=path)
        text = _decoded(path.read_bytes())
    except OSError as error:
        raise ConfigError(f"cannot be read: {error.strerror}", file=path) from error
    found = list(_rows(text, path, rules))
    if not found:
        raise ConfigError("expected at least one line below the names of the columns", file=path)
    return AddressFile(entries=tuple(entry for _, entry in found), lines=tuple(line for line, _ in found))


def _decoded(raw: bytes) -> str:
    """Understand UTF-8 with and without a mark, Excel's "Unicode text", and what Hungarian Excel writes by itself."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16", errors="replace")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1250", errors="replace")


def _rows(text: str, path: Path, rules: NumberRules) -> Iterator[tuple[int, PhonebookEntry]]:
    header = text.partition("\n")[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(";,\t", key=header.count))
    try:
        places = _places(next(reader, []), path)
        line = reader.line_num + 1
        for row in reader:
            if any(cell.strip() for cell in row):
                yield line, _entry(row, places, path, line, rules)
            line = reader.line_num + 1
    except csv.Error as error:
        raise ConfigError(f"expected CSV ({error})", file=path, line=reader.line_num) from error


def _places(header: list[str], path: Path) -> dict[int, tuple[str, str]]:
    """Give what each column is: (field, type of number)."""
    known = {word: (field, "") for field, words in COLUMNS.items() for word in words}
    known |= {word: ("numbers", kind) for kind, words in NUMBERS.items() for word in words}
    places: dict[int, tuple[str, str]] = {}
    for index, title in enumerate(header):
        word = " ".join(re.sub(r"[^a-z_]", " ", title.lower().translate(_PLAIN)).split())
        if word in known:
            places[index] = known[word]
    single = [field for field, _ in places.values() if field != "numbers"]
    for field in ("external_id", "name"):
        if field not in single:
            raise ConfigError(f"expected a column {_names(field)}", file=path, line=1)
    if doubled := next((field for field in single if single.count(field) > 1), None):
        raise ConfigError(f"expected one column for {doubled}, found more", file=path, line=1)
    return places


def _names(field: str) -> str:
    return " or ".join(f'"{word}"' for word in COLUMNS[field])


def _entry(
    row: list[str], places: dict[int, tuple[str, str]], path: Path, line: int, rules: NumberRules
) -> PhonebookEntry:
    fields: dict[str, Any] = {}
    numbers: list[PhonebookNumber] = []
    for index, (field, kind) in places.items():
        cell = row[index].strip() if index < len(row) else ""
        if field == "numbers":
            numbers += _numbers(cell, kind, path, line, rules)
        else:
            fields[field] = cell or None
    for field in ("external_id", "name"):
        if not fields[field]:
            raise ConfigError("expected a value", file=path, line=line, key=field)
    return PhonebookEntry(numbers=tuple(numbers), **fields)


def _numbers(cell: str, kind: str, path: Path, line: int, rules: NumberRules) -> Iterator[PhonebookNumber]:
    for text in filter(None, map(str.strip, _SEVERAL.split(cell)) if not _SHORTENED.fullmatch(cell) else [cell]):
        if _SHORTENED.fullmatch(text):
            wish = "expected a number; the spreadsheet has shortened it (3,6E+10): format the column as text"
            raise ConfigError(wish, file=path, line=line, key=kind or "number")
        number = PhoneNumber.parse(text, rules)
        if number.kind in {NumberKind.UNPARSED, NumberKind.ANONYMOUS}:
            raise ConfigError("expected a telephone number", file=path, line=line, key=kind or "number")
        yield PhonebookNumber(number=number, type=kind or None)
