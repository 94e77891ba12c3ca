"""Documented examples of ``facts/minicrm.md`` 1.6 to 1.12 and its quirks: cards, schema, to-dos, calls."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from vipex_minicrm.model import CallLogEntry, CallType
from vipex_minicrm.simulator import VOIP_KEY

from tests.minicrm.documented import ById, Example
from tests.minicrm.documented_contacts import CARD_ROW, one, some
from tests.minicrm.test_quirks import TESTS

__all__ = ["CARD", "CARDS", "EMPLOYEE_CARD", "QUIRKS", "TENANTS_OWN", "cards", "put"]

DAY = datetime(2009, 1, 9, 12, tzinfo=ZoneInfo("Europe/Budapest"))
EMPLOYEE_CARD = {**CARD_ROW, "BusinessId": int}
NEW = {"CategoryId": 21, "ContactId": 107, "StatusId": 2601, "UserId": 2002, "Name": "Új", "Forras": "Telefon"}
NEW_TODO = {
    "ProjectId": 1010,
    "UserId": 2001,
    "Comment": "Visszahívni",
    "Deadline": "2026-04-20 23:59:00",
    "Type": "1566",
    "Duration": 15,
    "Reminder": 10,
    "Status": "Open",
}
MADE = (("PUT", "/R3/ToDo/", NEW_TODO),)
CLOSED = (*MADE, ("PUT", "/R3/ToDo/{id}", {"Status": "Closed"}))
TODO = {
    "Id": int,
    "UserId": "Nagy Béla",
    "ContactId": 101,
    "ProjectId": 1010,
    "Type": "1566",
    "Duration": "15",
    "Reminder": "10",
    "Status": "Open",
    "Mode": "Teendő",
    "Deadline": "2026-04-20 23:59:00",
    "Comment": "Visszahívni",
    "CreatedBy": str,
    "CreatedAt": str,
    "UpdatedBy": str,
    "UpdatedAt": str,
    "ClosedBy": "",
    "ClosedAt": "0000-00-00 00:00:00",
    "Attachments": [],
    "Members": [],
    "Notes": [],
}
STEP = dict.fromkeys(("Id", "ProjectId", "Type", "UserId", "ClosedAt", "Status_Old_Id", "Status_New_Id"), str)
CARD = {
    "Id": 1010,
    "CategoryId": 21,
    "ContactId": 101,
    "StatusId": "Ajánlatot kapott",
    "UserId": "Nagy Béla",
    "Name": str,
    "StatusUpdatedAt": str,
    "IsPrivate": 0,
    "Invited": [],
    "Deleted": 0,
    "CreatedBy": str,
    "CreatedAt": str,
    "UpdatedBy": str,
    "UpdatedAt": str,
    "SatisfactionRating": "",
    "BusinessId": 100,
    "ProjectHash": str,
    "ProjectEmail": str,
}
TENANTS_OWN = dict.fromkeys(("Forras", "Erdeklodes", "SzerzodesSzama", "Szerzodes"), "")
SCHEMA = {
    "Id": "Int",
    "CategoryId": {"21": "Értékesítés"},
    "ContactId": "Int",
    "BusinessId": "Int",
    "StatusId": ById(str),
    "UserId": ById(str),
    "Name": "Text(512)",
    "StatusUpdatedAt": "DateTime",
    "Deleted": "Int",
    "UpdatedAt": "DateTime",
    "Forras": ById(str),
    "Erdeklodes": ById(str),
    "SzerzodesSzama": "Text(512)",
    "Szerzodes": "File(10MB)",
}
MODULE = {"Id": int, "OrderId": int, "Name": str, "Type": str, "SenderName": str, "SenderEmail": str, "Phone": str}
CALL = {"Date": "2016-03-02 16:00:12", "Number": "06300000001", "CallType": 2, "Duration": 132, "ReferenceId": "abc"}
LATER = {**CALL, "Date": "2016-03-02 17:00:12"}
ENTRY = CallLogEntry(
    started_at=datetime(2016, 3, 2, 16, 0, 12, tzinfo=UTC),
    number="06300000001",
    call_type=CallType.MISSED,
    duration_seconds=132,
    reference_id="abc",
)


def cards(title: str, **query: str) -> dict[str, Any]:
    """Give what a search for cards asks, of the simulator and of the client."""
    asks = {"path": "/R3/Project", "query": query, "client": lambda client, _id: client.projects(query)}
    return {"section": "1.6", "title": title, **asks}


def put(title: str, path: str, body: dict[str, Any], *, section: str = "1.6", **more: Any) -> Example:
    """Make the row of a write; a card or to-do gives its id."""
    return Example(section=section, title=title, method="PUT", path=path, body=body, **{"answer": {"Id": int}, **more})


def log(title: str, *entries: dict[str, Any], **more: Any) -> Example:
    """Make the row of a request to the CallLog."""
    body = {"ApiKey": VOIP_KEY, "UserExtension": "101", "Data": list(entries)}
    return Example(section="1.9", title=title, method="POST", path="/CallLog", body=body, **more)


LOGGED = (("POST", "/CallLog", {"ApiKey": VOIP_KEY, "UserExtension": "101", "Data": [CALL]}),)

CARDS = (
    Example(
        section="1.6",
        title="modules",
        path="/R3/Category",
        answer=ById(str),
        client=lambda c, _: c.categories(),
        understood={"id": "21", "name": "Értékesítés"},
    ),
    Example(section="1.6", title="modules in detail", path="/R3/Category?Detailed=1", answer=ById(MODULE)),
    Example(
        **cards("of a customer", MainContactId="100", CategoryId="23", StatusGroup="Open"),
        answer=some(EMPLOYEE_CARD),
        understood={"business_id": "100"},
    ),
    Example(**cards("of a person", ContactId="103"), answer=one(CARD_ROW), understood={"contact_id": "103"}),
    Example(**cards("of an owner", UserId="2004", CategoryId="21"), answer=one(CARD_ROW)),
    Example(**cards("in a status", StatusId="2604", Deleted="0"), answer=one(EMPLOYEE_CARD)),
    Example(**cards("in a group of statuses", StatusGroup="Lead", CategoryId="21"), answer=some(CARD_ROW)),
    Example(**cards("full text", Query="targonca"), answer=one(CARD_ROW), understood={"id": "1002"}),
    Example(
        **cards("in the bin", CategoryId="21", Deleted="1"),
        answer=one({**CARD_ROW, "Deleted": 1}),
        understood={"id": "1009", "deleted": True},
    ),
    Example(
        section="1.6",
        title="a card in detail",
        path="/R3/Project/1010",
        answer={**CARD, **TENANTS_OWN},
        client=lambda c, _: c.project("1010"),
        understood={"id": "1010", "category_id": "21", "status_name": "Ajánlatot kapott", "user_name": "Nagy Béla"},
    ),
    put("create", "/R3/Project", NEW, client=lambda c, _: c.create_project(NEW)),
    put("update with only what changed, by id", "/R3/Project/1010", {"StatusId": 2601}, answer={"Id": 1010}),
    put("update by visible name", "/R3/Project/1010", {"StatusId": "Érdeklődő", "UserId": "Szabó Éva"}),
    put("into the bin", "/R3/Project/1010", {"Deleted": 1}),
    put("and back", "/R3/Project/1009", {"Deleted": 0}),
    put("an unknown owner is taken", "/R3/Project/1010", {"UserId": 999999}),
    put("a file is an address", "/R3/Project/1010", {"Szerzodes": "{url}/12345/"}),
    put("several files", "/R3/Project/1010", {"Szerzodes": "{url}/12345/,{url}/12345/"}),
    put(
        "a required field is missing",
        "/R3/Project/1010",
        {"StatusId": 2603},
        status=400,
        answer="Project (PUT): A(z) SzerzodesSzama mező kitöltése kötelező.",
    ),
    put(
        "a wrong option, in English as the manual prints it",
        "/R3/Project/1010",
        {"Forras": "Radio"},
        switches={"language": "en"},
        status=400,
        answer="Project (PUT): Invalid value 'Radio' for the Forras field.",
    ),
    Example(
        section="1.6",
        title="history of statuses, all text",
        path="/R3/ProjectHistory/1010?Type=StatusHistory",
        answer={"Count": "1", "Results": ById(STEP)},
    ),
    Example(
        section="1.7",
        title="fields of a module",
        path="/R3/Schema/Project/21",
        answer=SCHEMA,
        client=lambda c, _: c.schema("21"),
        understood={"users": {"2001": "Nagy Béla", "2002": "Kovács Dóra", "2003": "Szabó Éva", "2004": "Tóth Gábor"}},
    ),
    Example(section="1.7", title="fields of a person and a company", tests=("test_9_modules_and_schema",)),
    put("create", "/R3/ToDo/", NEW_TODO, section="1.8", client=lambda c, _: c.create_todo(NEW_TODO)),
    Example(
        section="1.8",
        title="to-dos of a card",
        path="/R3/ToDoList/1010",
        query={"Status": "Open"},
        before=MADE,
        answer={
            "Count": 1,
            "Results": [
                {
                    "Id": int,
                    "Status": "Open",
                    "Comment": "Visszahívni",
                    "Deadline": "2026-04-20 23:59:00",
                    "UserId": 2001,
                    "Type": "1566",
                    "Url": str,
                }
            ],
        },
        client=lambda c, _: c.todos("1010"),
        understood={"is_open": True, "user_id": "2001", "type": "1566"},
    ),
    Example(
        section="1.8",
        title="a to-do in detail",
        path="/R3/ToDo/{id}",
        before=MADE,
        answer=TODO,
        client=lambda c, number: c.todo(number),
        understood={"project_id": "1010", "is_open": True, "user_name": "Nagy Béla", "closed_at": None},
    ),
    put(
        "close",
        "/R3/ToDo/{id}",
        {"Status": "Closed"},
        section="1.8",
        before=MADE,
        client=lambda c, number: c.update_todo(number, {"Status": "Closed"}),
    ),
    Example(
        section="1.8",
        title="close with a time of its own",
        method="POST",
        path="/R3/ToDo/{id}",
        body={"Status": "Closed", "ClosedAt": "2009-01-09 12:00:00"},
        before=MADE,
        answer={"Id": int},
        client=lambda c, number: c.close_todo(number, DAY),
    ),
    put("attach", "/R3/ToDo/{id}", {"Attachments": "{url}/12345/,{url}/12345/"}, section="1.8", before=MADE),
    Example(
        section="1.8",
        title="POST does not create",
        method="POST",
        path="/R3/ToDo/",
        body=NEW_TODO,
        status=405,
        answer="ToDo (POST): A metódus nem engedélyezett!",
    ),
    put(
        "a create with nothing",
        "/R3/ToDo/",
        {},
        section="1.8",
        status=400,
        answer='ToDo (PUT): Nem megfelelő paraméter: "Data (JSON)"',
        client=lambda c, _: c.create_todo({}),
    ),
    put(
        "a closed one cannot be changed",
        "/R3/ToDo/{id}",
        {"Comment": "x"},
        section="1.8",
        before=CLOSED,
        status=400,
        client=lambda c, number: c.update_todo(number, {"Comment": "x"}),
        answer="ToDo (PUT): Lezárt teendő nem módosítható.",
    ),
    put(
        "it never leaves its card",
        "/R3/ToDo/{id}",
        {"ProjectId": 1002},
        section="1.8",
        before=MADE,
        status=400,
        answer="",
    ),
    log(
        "sample 1: a call",
        CALL,
        answer={"Skipped": 0, "Processed": 1, "Exists": 0},
        client=lambda c, _: c.log_calls("101", [ENTRY]),
        understood={"skipped": 0, "processed": 1, "exists": 0, "missing": None, "not_found": None},
    ),
    log(
        "sample 2: a bad one, one that was sent before, a new one with the same recording",
        {"Number": "06300000001"},
        CALL,
        LATER,
        before=LOGGED,
        answer={"Skipped": 1, "Processed": 1, "Exists": 1},
    ),
    log(
        "the counters of the prose",
        CALL,
        switches={"calllog_counters": "prose"},
        answer={"Missing": 0, "NotFound": 0, "Processed": 1},
        client=lambda c, _: c.log_calls("101", [ENTRY]),
        understood={"skipped": None, "processed": 1, "exists": None, "missing": 0, "not_found": 0},
    ),
    log(
        "an unknown number is dropped",
        {**CALL, "Number": "06300000099"},
        answer={"Skipped": 1, "Processed": 0, "Exists": 0},
    ),
    log("from another address", CALL, switches={"calllog_addresses": ()}, status=403),
    Example(
        section="1.9",
        title="a recording is pulled by its template",
        tests=("test_15_a_recording_is_fetched_when_somebody_presses_play",),
    ),
    Example(section="1.10", title="a message about a card", tests=("test_a_message_says_whom_to_read",)),
    Example(
        section="1.11",
        title="address of a card",
        tests=("test_a_card_comes_whole", "test_a_card_shows_its_calls_and_says_that_it_is_simulated"),
    ),
    Example(section="1.12", title="call link", tests=("test_a_link_asks_before_it_dials",)),
)
QUIRKS = tuple(Example(section=f"2.{number}", title="quirk", tests=tests) for number, tests in TESTS.items())
