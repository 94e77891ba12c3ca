"""The simulated API against what facts/minicrm.md documents or observed; the numbers are those of its section 4."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
from vipex_minicrm.simulator import REST_KEY, SYSTEM_ID, VOIP_KEY

from tests.minicrm.running import RunningSimulator


def _error(response: httpx.Response) -> tuple[int, str]:
    assert response.headers["content-type"] == "text/plain; charset=utf-8"
    return response.status_code, response.text


@pytest.mark.parametrize("path", ["/R3/Contact?Query=00000001", "/R3/Contact/?Query=00000001"])
def test_1_a_slash_at_the_end_does_not_matter(simulator: RunningSimulator, path: str) -> None:
    assert simulator.api("GET", path).json()["Count"] == 2


@pytest.mark.parametrize("path", ["/R3/contact", "/R3/Todo/1", "/R3/Nothing", "/Nothing", "/R3"])
def test_1_names_are_case_sensitive(simulator: RunningSimulator, path: str) -> None:
    assert simulator.api("GET", path).status_code == 404


@pytest.mark.parametrize("auth", [None, (SYSTEM_ID, "x"), (SYSTEM_ID, VOIP_KEY), ("1", REST_KEY)])
def test_2_a_bad_key_is_401_in_plain_text(simulator: RunningSimulator, auth: Any) -> None:
    assert _error(simulator.api("GET", "/R3/Category", auth=auth))[0] == 401
    simulator.switches.bad_key_status = 404
    assert _error(simulator.api("GET", "/R3/Category", auth=auth))[0] == 404


def test_3_php_style_bodies(simulator: RunningSimulator) -> None:
    response = simulator.api("GET", "/R3/Contact?Query=00000002")
    assert response.headers["content-type"] == "application/json; charset=utf-8"
    assert b"Varga P\\u00e9ter" in response.content
    assert b"https:\\/\\/r3.minicrm.hu" in response.content
    simulator.switches.bom = True
    assert simulator.api("GET", "/R3/Category").content.startswith(b"\xef\xbb\xbf{")


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "text"),
    [
        ("POST", "/R3/ToDo/", {"x": 1}, 405, "ToDo (POST): A metódus nem engedélyezett!"),
        ("PUT", "/R3/ToDo/", {}, 400, 'ToDo (PUT): Nem megfelelő paraméter: "Data (JSON)"'),
        ("POST", "/R3/Contact", {"x": 1}, 405, "Contact (POST): A metódus nem engedélyezett!"),
        ("DELETE", "/R3/Project/1010", None, 405, "Project (DELETE): A metódus nem engedélyezett!"),
    ],
)
def test_4_known_errors_word_for_word(  # noqa: PLR0917 - one case
    simulator: RunningSimulator, method: str, path: str, body: Any, status: int, text: str
) -> None:
    assert _error(simulator.api(method, path, json=body)) == (status, text)


def test_4_errors_in_english(simulator: RunningSimulator) -> None:
    simulator.switches.language = "en"
    refused = simulator.api("PUT", "/R3/Project/1010", json={"StatusId": "Nowhere"})
    assert _error(refused) == (400, "Project (PUT): Invalid value 'Nowhere' for the StatusId field.")


@pytest.mark.parametrize("body", ["[]", "nonsense", '"text"', ""])
def test_4_what_is_no_json_object_is_refused(simulator: RunningSimulator, body: str) -> None:
    assert _error(simulator.api("PUT", "/R3/Contact", content=body))[0] == 400


def test_5_put_creates_and_updates(simulator: RunningSimulator) -> None:
    created = simulator.api("PUT", "/R3/Contact", json={"Type": "Person", "LastName": "Új", "Phone": "06 30 000 0010"})
    assert (created.status_code, list(created.json())) == (200, ["Id"])
    number = created.json()["Id"]
    assert simulator.api("PUT", f"/R3/Contact/{number}", json={"FirstName": "Vevő"}).json() == {"Id": number}
    assert simulator.api("GET", f"/R3/Contact/{number}").json()["FirstName"] == "Vevő"


def test_6_the_list_envelope(simulator: RunningSimulator) -> None:
    found = simulator.api("GET", "/R3/Project?CategoryId=21").json()
    assert found["Count"] == 8
    assert all(key == str(row["Id"]) for key, row in found["Results"].items())
    assert list(found["Results"]) != sorted(found["Results"]), "the order must not be relied on"
    assert simulator.api("GET", "/R3/Contact?Query=99999999").json() == {"Count": 0, "Results": []}
    assert simulator.api("GET", "/R3/Project?CategoryId=21&Page=1").json() == {"Count": 8, "Results": []}


def test_7_rows_give_ids_and_details_give_names(simulator: RunningSimulator) -> None:
    row = simulator.api("GET", "/R3/Project?ContactId=102&StatusGroup=Open").json()["Results"]["1002"]
    assert (row["StatusId"], row["UserId"]) == (2602, 2003)
    assert not {"CategoryId", "UpdatedAt", "BusinessId"} & row.keys()
    detail = simulator.api("GET", "/R3/Project/1002").json()
    assert (detail["StatusId"], detail["UserId"], detail["CategoryId"]) == ("Ajánlatot kapott", "Szabó Éva", 21)
    assert simulator.api("GET", "/R3/Contact?Name=kiss").json()["Results"]["101"]["Type"] == "Person"
    assert simulator.api("GET", "/R3/Contact/101").json()["Type"] == "Személy"
    assert simulator.api("GET", "/R3/Contact/100").json()["Type"] == "Cég"


def test_7_ids_as_text_as_older_samples(simulator: RunningSimulator) -> None:
    simulator.switches.ids_as_strings = True
    row = simulator.api("GET", "/R3/Project?ContactId=102&Deleted=0").json()["Results"]["1002"]
    assert (row["Id"], row["UserId"], row["Deleted"]) == ("1002", "2003", 0)


def test_8_todos(simulator: RunningSimulator) -> None:
    created = simulator.api(
        "PUT", "/R3/ToDo", json={"ProjectId": 1010, "Comment": "x", "Deadline": "2025-03-03 10:00:00"}
    )
    number = created.json()["Id"]
    listed = simulator.api("GET", "/R3/ToDoList/1010").json()
    assert isinstance(listed["Results"], list)
    assert listed["Results"][0]["UserId"] == 2001
    detail = simulator.api("GET", f"/R3/ToDo/{number}").json()
    assert (detail["UserId"], detail["ClosedAt"], detail["Mode"]) == ("Nagy Béla", "0000-00-00 00:00:00", "Teendő")
    assert _error(simulator.api("PUT", f"/R3/ToDo/{number}", json={"ProjectId": 1002}))[0] == 400
    simulator.api("POST", f"/R3/ToDo/{number}", json={"Status": "Closed", "ClosedAt": "2009-01-09"})
    assert simulator.api("GET", f"/R3/ToDo/{number}").json()["ClosedAt"] == "2009-01-09 00:00:00"
    assert _error(simulator.api("PUT", f"/R3/ToDo/{number}", json={"Status": "Open"}))[0] == 400
    assert simulator.api("GET", "/R3/ToDoList/1010?Status=Closed").json()["Count"] == 1
    assert simulator.api("GET", "/R3/ToDoList/1010").json() == {"Count": 0, "Results": []}


def test_8_put_closes_for_good_and_ignores_the_time(simulator: RunningSimulator) -> None:
    number = simulator.api("PUT", "/R3/ToDo", json={"ProjectId": 1010, "Comment": "x"}).json()["Id"]
    simulator.api("PUT", f"/R3/ToDo/{number}", json={"Status": "Closed", "ClosedAt": "2009-01-09"})
    assert not simulator.api("GET", f"/R3/ToDo/{number}").json()["ClosedAt"].startswith("2009")


def test_9_modules_and_schema(simulator: RunningSimulator) -> None:
    assert simulator.api("GET", "/R3/Category").json() == {"21": "Értékesítés", "23": "Ügyfélszolgálat"}
    assert simulator.api("GET", "/R3/Category?Detailed=1").json()["21"]["Name"] == "Értékesítés"
    schema = simulator.api("GET", "/R3/Schema/Project/21").json()
    assert schema["UserId"]["2001"] == "Nagy Béla"
    assert "2009" not in schema["UserId"], "the inactive user"
    assert str(1 << 35) in schema["Erdeklodes"]
    assert (schema["Szerzodes"], schema["Name"]) == ("File(10MB)", "Text(512)")
    assert simulator.api("GET", "/R3/Schema/Person").json()["LastName"] == "Text(512)"
    assert simulator.api("GET", "/R3/Schema/Business").json()["Name"] == "Text(512)"
    assert simulator.api("GET", "/R3/Schema/Project/99").status_code == 404


def test_9_fields_required_by_a_status(simulator: RunningSimulator) -> None:
    refused = simulator.api("PUT", "/R3/Project/1002", json={"StatusId": 2603})
    assert _error(refused) == (400, "Project (PUT): A(z) SzerzodesSzama mező kitöltése kötelező.")
    accepted = simulator.api("PUT", "/R3/Project/1002", json={"StatusId": 2603, "SzerzodesSzama": "A-1"})
    assert accepted.status_code == 200


@pytest.mark.parametrize(("written", "shown"), [("Telefon", "Telefon"), (1508, "Telefon")], ids=["by name", "by id"])
def test_9_drop_downs_take_name_or_id(simulator: RunningSimulator, written: object, shown: str) -> None:
    simulator.api("PUT", "/R3/Project/1002", json={"Forras": written})
    assert simulator.api("GET", "/R3/Project/1002").json()["Forras"] == shown


def test_9_a_multi_select_is_a_bit_mask(simulator: RunningSimulator) -> None:
    simulator.api("PUT", "/R3/Project/1002", json={"Erdeklodes": 1 + (1 << 35)})
    assert simulator.api("GET", "/R3/Project/1002").json()["Erdeklodes"] == "Gép, Bérlés"
    assert simulator.api("PUT", "/R3/Project/1002", json={"Erdeklodes": 4}).status_code == 400


@pytest.mark.parametrize("user", [999, "Nincs Ilyen", 2009])
def test_10_an_unknown_owner_becomes_somebody(simulator: RunningSimulator, user: object) -> None:
    assert simulator.api("PUT", "/R3/Project/1002", json={"UserId": user}).status_code == 200
    owner = simulator.api("GET", "/R3/Project/1002").json()["UserId"]
    assert owner in {"Nagy Béla", "Kovács Dóra", "Szabó Éva", "Tóth Gábor"}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"Query": "0000001"}, {"101", "108"}),
        ({"Query": "300000005"}, {"104"}),
        ({"Query": "00001"}, set()),
        ({"Query": "horvath"}, {"103"}),
        ({"Query": "horv"}, set()),
        ({"Phone": "06 30 000 0001"}, {"101"}),
        ({"Phone": "+36300000001"}, set()),
        ({"Name": "moln"}, {"105", "106"}),
        ({"Email": "ugyfel105@minta.example"}, {"105"}),
        ({"MainContactId": "100", "Type": "Person"}, {"101", "108"}),
        ({"Type": "Business"}, {"100"}),
        ({"FirstName": "anna", "LastName": "kiss"}, {"101"}),
    ],
    ids=lambda value: json.dumps(value) if isinstance(value, dict) else None,
)
def test_11_searches(simulator: RunningSimulator, query: dict[str, str], found: set[str]) -> None:
    results = simulator.api("GET", "/R3/Contact", params=query).json()["Results"]
    assert set(results) == found


@pytest.mark.parametrize(("mode", "found"), [("exact", 0), ("digits", 1), ("suffix", 1)])
def test_11_a_raw_plus_is_a_blank(simulator: RunningSimulator, mode: str, found: int) -> None:
    simulator.switches.phone_filter = mode
    assert simulator.api("GET", "/R3/Contact?Phone=+36300000008").json()["Count"] == found
    assert simulator.api("GET", "/R3/Contact?Phone=%2B36300000008").json()["Count"] == 1


@pytest.mark.parametrize("query", ["", "?Page=0"])
def test_12_a_search_for_cards_needs_a_filter(simulator: RunningSimulator, query: str) -> None:
    status, text = _error(simulator.api("GET", f"/R3/Project{query}"))
    assert status == 400
    assert "Filter Query" in text


@pytest.mark.parametrize("path", ["/R3/Contact?phone=1", "/R3/Project?Nothing=1", "/R3/Contact?Page=x"])
def test_12_unknown_parameters_are_refused(simulator: RunningSimulator, path: str) -> None:
    assert _error(simulator.api("GET", path))[0] == 400


@pytest.mark.parametrize(
    ("entity", "body"),
    [
        ("Contact", {"Type": 2, "LastName": "x"}),
        ("Contact", {"Type": "Person"}),
        ("Contact", {"Type": "Person", "LastName": "x", "BusinessId": 101}),
        ("Contact", {"Type": "Person", "LastName": "x", "Colour": "red"}),
        ("Project", {"ContactId": 101}),
        ("Project", {"CategoryId": 99, "ContactId": 101}),
        ("Project", {"CategoryId": 21, "ContactId": 999}),
        ("Project", {"CategoryId": 21, "ContactId": 101, "Forras": "Rádió"}),
        ("Project", {"CategoryId": 21, "ContactId": 101, "Colour": "red"}),
        ("Project/1010", {"CategoryId": 23}),
        ("Contact/101", {"BusinessId": 0}),
        ("ToDo", {"Comment": "x"}),
        ("ToDo", {"ProjectId": 999}),
        ("ToDo", {"ProjectId": 1010, "Status": "Closed"}),
        ("ToDo", {"ProjectId": 1010, "Status": "Maybe"}),
        ("ToDo", {"ProjectId": 1010, "Deadline": "tomorrow"}),
        ("ToDo", {"ProjectId": 1010, "Colour": "red"}),
        ("ToDo", {"ProjectId": 1010, "Attachments": "file:///etc/passwd"}),
        ("Project/1010", {"Szerzodes": "file:///etc/passwd"}),
        ("CreateProjectConnection", {"FromProjectId": 1010}),
        ("CreateProjectConnection", {"FromProjectId": 1010, "ToProjectId": 999}),
        ("CreateProjectConnection", {"FromProjectId": 1010, "ToProjectId": 1008, "Description": "x"}),
    ],
    ids=lambda value: value if isinstance(value, str) else json.dumps(value),
)
def test_wrong_writes_are_refused(simulator: RunningSimulator, entity: str, body: dict[str, object]) -> None:
    assert _error(simulator.api("PUT", f"/R3/{entity}", json=body))[0] == 400


@pytest.mark.parametrize(
    ("path", "view", "body"),
    [
        ("Project/1010", "Project/1010", {"Name": "x", "StatusId": 2603}),
        ("Project/1010", "Project/1010", {"Name": "x", "SzerzodesSzama": "1", "Forras": "Rádió"}),
        ("Project/1010", "ProjectHistory/1010", {"StatusId": 2603}),
        ("Contact/102", "Contact/102", {"FirstName": "x", "BusinessId": 101}),
        ("ToDo/601", "ToDo/601", {"Comment": "x", "Deadline": "tomorrow"}),
    ],
)
def test_what_is_refused_has_changed_nothing(
    simulator: RunningSimulator, path: str, view: str, body: dict[str, object]
) -> None:
    simulator.api("PUT", "/R3/ToDo", json={"ProjectId": 1010, "Comment": "y"})
    before = simulator.api("GET", f"/R3/{view}").json()
    assert simulator.api("PUT", f"/R3/{path}", json=body).status_code == 400
    assert simulator.api("GET", f"/R3/{view}").json() == before


def test_17_times_are_hungarian_wall_time(simulator: RunningSimulator) -> None:
    assert simulator.api("GET", "/R3/Project/1002").json()["CreatedAt"] == "2025-02-22 11:00:00"
    assert simulator.api("GET", "/R3/Project?UpdatedSince=2025-02-22 19:00:00").json()["Count"] == 1
    assert simulator.api("GET", "/R3/Project?UpdatedSince=2025-02-22+19:00:01").json()["Count"] == 0


def test_cards_go_to_the_bin_and_come_back(simulator: RunningSimulator) -> None:
    assert set(simulator.api("GET", "/R3/Project?CategoryId=21&Deleted=1").json()["Results"]) == {"1009"}
    simulator.api("PUT", "/R3/Project/1009", json={"Deleted": 0})
    assert simulator.api("GET", "/R3/Project?CategoryId=21&Deleted=1").json()["Results"] == []


def test_the_history_of_a_status_is_all_text(simulator: RunningSimulator) -> None:
    simulator.api("PUT", "/R3/Project/1003", json={"StatusId": "Ajánlatot kapott"})
    history = simulator.api("GET", "/R3/ProjectHistory/1003?Type=StatusHistory").json()
    assert history["Count"] == "2"
    assert [row["Status_New_Id"] for row in history["Results"].values()] == ["2601", "2602"]


@pytest.mark.parametrize("method", ["GET", "PUT"])
def test_a_person_without_cards_can_be_purged(simulator: RunningSimulator, method: str) -> None:
    kept = simulator.api(method, "/R3/PurgePerson/101").json()
    assert kept["Message"] != "Successfully deleted"
    assert simulator.api(method, "/R3/PurgePerson/107").json() == {"Message": "Successfully deleted"}
    assert simulator.api("GET", "/R3/Contact/107").status_code == 404
