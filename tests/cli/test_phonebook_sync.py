"""``vipex phonebook sync``: lists as spreadsheets write them, against a simulated VIPeX."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from tests.cli.programs import Done, exchange
from vipex_sdk.cli.address_file import AddressFile, read_addresses
from vipex_sdk.errors import ConfigError
from vipex_sdk.numbers import NumberRules

Command = Callable[..., Done]
LIST = """Azonosító;Név;Cég;Telefonszám;Mobil;E-mail cím;Megjegyzés
crm:1;Kőműves Őrsné;Minta Kft.;06 1 000 0101;06-30/000-0001;orsne@pelda.example;"Több sor,
egy cellában"
crm:2;Tűz Ödön;;"+36300000002, +3610000102";;;
"""


@pytest.fixture(scope="module")
def vipex() -> Iterator[dict[str, str]]:
    """A simulated VIPeX whose phonebook only these tests change."""
    with exchange() as environment:
        yield environment


def read(path: Path, text: str | bytes = LIST) -> AddressFile:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_addresses(path, NumberRules())


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1250", "utf-16"])
@pytest.mark.parametrize("separator", [";", ",", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_whatever_excel_writes_is_understood(tmp_path: Path, encoding: str, separator: str, end: str) -> None:
    text = LIST if separator == ";" else LIST.replace("Több sor,\n", "Több sor ").replace("+36300000002, ", "")
    raw = text.replace(";", separator).replace("\n", end).encode(encoding)
    found = read(tmp_path / "a.csv", raw)
    first, second = found.entries
    assert (first.external_id, first.name, first.company) == ("crm:1", "Kőműves Őrsné", "Minta Kft.")
    assert first.note is not None
    assert first.note.startswith("Több sor")
    assert [(one.number.e164, one.type) for one in first.numbers][1] == ("+36300000001", "mobile")
    assert (second.name, second.company, second.email) == ("Tűz Ödön", None, None)
    assert len(second.numbers) == (2 if separator == ";" else 1)
    assert found.lines == ((2, 4) if separator == ";" else (2, 3))


def test_numbered_columns_and_unknown_columns(tmp_path: Path) -> None:
    found = read(tmp_path / "a.csv", "id,name,Phone 1,Phone 2,Shoe size\n7,Anna,301234567,06 1 000 0101,38\n\n,,\n")
    (anna,) = found.entries
    assert anna.numbers[0].number.value == "+36301234567"
    assert len(anna.numbers) == 2


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", ':1: expected a column "external_id"'),
        ("név;telefon\nKati;101\n", ':1: expected a column "external_id"'),
        ("id;telefon\n1;101\n", ':1: expected a column "name"'),
        ("id;név;name\n1;Kati;Kati\n", ":1: expected one column for name, found more"),
        ("id;név\n", ": expected at least one line"),
        ("id;név\n1;\n", ":2: name: expected a value"),
        ("id;név;tel\n1;Kati;101\n2;Kati;titok\n", ":3: number: expected a telephone number"),
        ("id;név;mobil\n1;Kati;3,63E+10\n", ":2: mobile: expected a number; the spreadsheet has shortened it"),
    ],
)
def test_what_cannot_be_understood_is_named_by_line_and_column(tmp_path: Path, text: str, problem: str) -> None:
    with pytest.raises(ConfigError) as error:
        read(tmp_path / "a.csv", text)
    assert problem in str(error.value)
    assert not any(secret in str(error.value) for secret in ("Kati", "titok", "3,63"))


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        read_addresses(tmp_path / "none.csv", NumberRules())


def test_a_list_is_planned_carried_out_and_shown_again(command: Command, tmp_path: Path) -> None:
    path = tmp_path / "customers.csv"
    path.write_bytes(LIST.encode("cp1250"))
    plan = command("phonebook", "sync", str(path), "--dry-run", "--json").document
    assert (plan["create"], plan["update"], plan["delete"]) == (2, 0, 0)
    assert {one["change"] for one in plan["changes"]} == {"create"}
    table = command("phonebook", "sync", str(path), "--dry-run")
    assert table.out.splitlines()[0].split("\t")[0] == "change"
    assert "would create 2" in table.err
    done = command("phonebook", "sync", str(path), "--json")
    assert (done.code, done.document["created"], done.document["refused"]) == (0, 2, [])
    path.write_text(LIST.replace("Tűz", "Láng"), encoding="utf-8")
    changed = command("phonebook", "sync", str(path), "--dry-run", "--json").document["changes"]
    assert [(one["change"], one["fields"]) for one in changed] == [("update", ["name"])]
    assert command("phonebook", "sync", str(path)).out.splitlines()[1].split("\t")[:4] == ["0", "1", "0", "1"]
    path.write_text("id;név\ncrm:1;Kőműves Őrsné\n", encoding="utf-8")
    assert command("phonebook", "sync", str(path), "--delete", "--json").document["deleted"] == 1
    assert {one["external_id"] for one in command("phonebook", "list", "--json").document} == {None, "crm:1"}


def test_a_key_twice_is_named_by_its_lines(command: Command, tmp_path: Path) -> None:
    path = tmp_path / "customers.csv"
    path.write_text("id;név\n1;Anna\n2;Béla\n1;Csaba\n", encoding="utf-8")
    done = command("phonebook", "sync", str(path))
    assert done.code == 1
    assert f"{path}:4: external_id: expected another id than in line 2" in done.err
    assert "Anna" not in done.err


def test_refused_lines_are_named_and_the_others_done(command: Command, vipex: dict[str, str], tmp_path: Path) -> None:
    path = tmp_path / "customers.csv"
    path.write_text("id;név;tel\nr:1;Anna;101\nr:2;Béla;102\n", encoding="utf-8")
    fault = {"status": 422, "operation": "phonebook.create", "count": 1}
    for words, again in ((["--json"], False), ([], True)):
        httpx.post(f"{vipex['VIPEX_BASE_URL']}/sandbox/faults", json=fault, trust_env=False).raise_for_status()
        done = command("phonebook", "sync", str(path), *words)
        assert done.code == 1
        if again:
            assert f"{path}:2: refused (validation_error)" in done.err
        else:
            assert done.document["created"] == 1
            assert done.document["refused"] == [{"line": 2, "id": None, "code": "validation_error"}]
    assert command("phonebook", "sync", str(path), "--json").document["created"] == 1
