"""Documented examples of ``facts/minicrm.md`` 1.1 to 1.5: transport, limits, lists, contacts, search by number."""

from __future__ import annotations

from typing import Any

from tests.minicrm.documented import ById, Example

__all__ = ["CONTACTS"]

PERSON_ROW = {"Id": int, "Name": str, "Url": str, "Type": "Person", "Email": str, "Phone": str}
EMPLOYEE_ROW = {**PERSON_ROW, "BusinessId": int}
COMPANY_ROW = {**PERSON_ROW, "Type": "Business"}
CARD_ROW = {"Id": int, "Name": str, "Url": str, "ContactId": int, "StatusId": int, "UserId": int, "Deleted": int}
UNKNOWN = 'Contact (GET): Nem megfelelő paraméter: "{}"'
NEW: dict[str, str | int] = {
    "Type": "Person",
    "FirstName": "Vevő",
    "LastName": "Új",
    "Phone": "06 30 000 0010",
    "BusinessId": 100,
}
DETAIL = {
    "Id": 101,
    "FirstName": "Anna",
    "LastName": "Kiss",
    "Email": str,
    "Phone": "06 30 000 0001",
    "Description": "",
    "Deleted": 0,
    "CreatedBy": str,
    "CreatedAt": str,
    "UpdatedBy": str,
    "UpdatedAt": str,
    "Url": "",
    "BankAccount": "",
    "Swift": "",
    "VatNumber": "",
    "Position": "",
    "Industry": "",
    "Region": "",
    "YearlyRevenue": 0,
    "DataManagement_Consent": "",
    "BusinessId": 100,
    "Tags": [],
}
COMPANY = {
    name: "" if name in {"Email", "Phone"} else value
    for name, value in DETAIL.items()
    if name not in {"FirstName", "LastName", "BusinessId"}
} | dict.fromkeys(
    (
        "RegistrationNumber",
        "Employees",
        "EUVatNumber",
        "FoundingYear",
        "Capital",
        "MainActivity",
        "BisnodeTrafficLight",
        "NonGovernmentalOrganization",
    ),
    "",
)


def one(row: object) -> dict[str, object]:
    return {"Count": 1, "Results": ById(row)}


def some(row: object) -> dict[str, object]:
    return {"Count": int, "Results": ById(row)}


def contacts(title: str, section: str = "1.4", **query: str) -> dict[str, Any]:
    """Give what a search for contacts asks, of the simulator and of the client."""
    return {
        "section": section,
        "title": title,
        "path": "/R3/Contact",
        "query": query,
        "client": lambda client, _id: client.contacts(query),
    }


CONTACTS = (
    Example(
        section="1.1",
        title="a good key",
        path="/R3/Category",
        answer=ById(str),
        client=lambda c, _: c.categories(),
        understood={"id": "21", "name": "Értékesítés"},
    ),
    Example(
        section="1.1",
        title="bad key, body escapes, content type, byte order mark",
        tests=(
            "test_2_a_bad_key_is_401_in_plain_text",
            "test_3_php_style_bodies",
            "test_quirk_18_a_byte_order_mark_is_no_obstacle",
        ),
    ),
    Example(
        section="1.2",
        title="61 requests in a minute",
        tests=("test_13_61_requests_a_minute_are_one_too_many", "test_429_with_and_without_retry_after"),
    ),
    Example(
        section="1.2",
        title="429",
        path="/R3/Category",
        switches={"rate_limit": 0},
        status=429,
        client=lambda c, _: c.categories(),
    ),
    Example(
        section="1.3",
        title="a list of cards under a company",
        path="/R3/Project",
        query={"ContactId": "108"},
        answer=one({**CARD_ROW, "BusinessId": int}),
        client=lambda c, _: c.projects({"ContactId": "108"}),
        understood={"id": "1008", "status_id": "2702", "user_id": "2002", "business_id": "100", "deleted": False},
    ),
    Example(
        section="1.3",
        title="a list of cards without a company",
        path="/R3/Project",
        query={"ContactId": "103"},
        answer=one(CARD_ROW),
        client=lambda c, _: c.projects({"ContactId": "103"}),
        understood={"id": "1003", "business_id": None},
    ),
    Example(**contacts("no hits", "1.3", Query="99999999"), answer={"Count": 0, "Results": []}),
    Example(
        section="1.3",
        title="page 2 is Page=1",
        path="/R3/Contact",
        query={"Type": "Person", "Page": "1"},
        answer={"Count": 8, "Results": []},
        client=lambda c, _: c.contacts({"Type": "Person"}, page=1),
    ),
    Example(**contacts("unknown parameter", "1.3", phone="1"), status=400, answer=UNKNOWN.format("phone")),
    Example(
        section="1.3",
        title="changed since, with a plus for the blank",
        path="/R3/Project?UpdatedSince=2025-02-22+19:00:00",
        answer=one({**CARD_ROW, "BusinessId": int}),
    ),
    Example(
        section="1.3",
        title="cards without any filter",
        path="/R3/Project",
        status=400,
        tests=("test_quirk_12_a_search_for_cards_without_a_filter_is_not_even_sent",),
        answer="Project (GET): Filter Query: adjon meg legalább egy szűrőt.",
    ),
    Example(**contacts("by e-mail", Email="ugyfel105@minta.example"), answer=one(PERSON_ROW), understood={"id": "105"}),
    Example(
        **contacts("by part of a name", Name="minta"),
        answer=one(COMPANY_ROW),
        understood={"id": "100", "is_company": True},
    ),
    Example(**contacts("by type", Type="Business"), answer=one(COMPANY_ROW), understood={"is_company": True}),
    Example(**contacts("by another field", Description="x"), answer={"Count": 0, "Results": []}),
    Example(**contacts("changed since", UpdatedSince="2025-01-17 20:30:00"), answer=one(EMPLOYEE_ROW)),
    Example(**contacts("full text", Query="horvath"), answer=one(PERSON_ROW), understood={"name": "Horváth Ilona"}),
    Example(
        **contacts("people of a company", MainContactId="100", Type="Person"),
        answer={"Count": 2, "Results": ById(EMPLOYEE_ROW)},
        understood={"business_id": "100", "main_contact_id": "100", "is_company": False},
    ),
    Example(
        section="1.4",
        title="a person in detail",
        path="/R3/Contact/101",
        answer={**DETAIL, "Type": "Személy"},
        client=lambda c, _: c.contact("101"),
        understood={"id": "101", "name": "Kiss Anna", "is_company": False, "business_id": "100", "deleted": False},
    ),
    Example(
        section="1.4",
        title="a company in detail",
        path="/R3/Contact/100",
        answer={**COMPANY, "Id": 100, "Type": "Cég", "Name": "Minta Kft.", "Phone": str},
        client=lambda c, _: c.contact("100"),
        understood={"id": "100", "name": "Minta Kft.", "is_company": True, "business_id": None},
    ),
    Example(
        section="1.4",
        title="create a person",
        method="PUT",
        path="/R3/Contact",
        body=NEW,
        answer={"Id": int},
        client=lambda c, _: c.create_contact(NEW),
    ),
    Example(
        section="1.4",
        title="create a company",
        method="PUT",
        path="/R3/Contact",
        body={"Type": "Business", "Name": "Próba Bt."},
        answer={"Id": int},
        client=lambda c, _: c.create_contact({"Type": "Business", "Name": "Próba Bt."}),
    ),
    Example(
        section="1.4",
        title="update with only what changed",
        method="PUT",
        path="/R3/Contact/101",
        body={"Phone": "06 30 000 0010"},
        answer={"Id": 101},
    ),
    Example(
        section="1.4",
        title="a type as a number",
        method="PUT",
        path="/R3/Contact",
        body={"Type": 2, "LastName": "x"},
        status=400,
        answer="Contact (PUT): Érvénytelen érték '2' a(z) Type mezőben.",
        client=lambda c, _: c.create_contact({"Type": 2, "LastName": "x"}),
    ),
    Example(
        section="1.4",
        title="a localised type",
        method="PUT",
        path="/R3/Contact",
        body={"Type": "Személy", "LastName": "x"},
        answer={"Id": int},
    ),
    Example(
        section="1.4",
        title="purge a person, with PUT",
        method="PUT",
        path="/R3/PurgePerson/107",
        answer={"Message": "Successfully deleted"},
    ),
    Example(
        section="1.4",
        title="purge a person, with GET",
        path="/R3/PurgePerson/107",
        answer={"Message": "Successfully deleted"},
    ),
    Example(section="1.4", title="purge who has a card", path="/R3/PurgePerson/101", answer={"Message": str}),
    Example(
        **contacts("digits match the end: stored 06300000008", "1.5", Query="0000008"),
        answer=one({**PERSON_ROW, "Phone": "+36300000008"}),
        understood={"id": "107", "phone": "+36300000008"},
    ),
    Example(**contacts("fewer than six digits", "1.5", Query="00008"), answer={"Count": 0, "Results": []}),
    Example(
        **contacts("Phone= with a percent-encoded plus", "1.5", Phone="+36300000008"),
        answer=one({**PERSON_ROW, "Phone": "+36300000008"}),
        understood={"id": "107"},
    ),
    Example(
        section="1.5",
        title="Phone= with a raw plus, which is a blank",
        path="/R3/Contact?Phone=+36300000008",
        answer={"Count": 0, "Results": []},
    ),
    Example(
        section="1.5",
        title="stored numbers are free text; rows are verified",
        tests=("test_a_number_is_found_however_it_is_stored", "test_rows_are_verified_by_their_shown_numbers"),
    ),
)
