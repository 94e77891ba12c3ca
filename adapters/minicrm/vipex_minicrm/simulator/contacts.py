"""``/Api/R3/Contact`` and ``/Api/R3/PurgePerson``: persons and companies.

Rows say "Person" or "Business", details say it in the tenant's language; writing takes the words, never a number. [L]
``BusinessId`` is absent, not null, without a company. [L]
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from vipex_minicrm.simulator.answers import ApiError, wall
from vipex_minicrm.simulator.api_call import ApiCall, read_time
from vipex_minicrm.simulator.listing import Filter, envelope, folded, matching, phone_matches, query_matches
from vipex_minicrm.simulator.records import Contact, copied
from vipex_minicrm.simulator.tenant import Tenant

__all__ = ["contact", "purge_person"]

_WORDS = {False: ("Person", "Személy"), True: ("Business", "Cég")}
_WRITABLE = {
    "FirstName": "first_name",
    "LastName": "last_name",
    "Name": "name",
    "Phone": "phone",
    "Email": "email",
    "Description": "description",
    "Position": "position",
}
_UNUSED = {
    "Url": "",
    "BankAccount": "",
    "Swift": "",
    "VatNumber": "",
    "Industry": "",
    "Region": "",
    "YearlyRevenue": 0,
    "DataManagement_Consent": "",
    "Tags": [],
}
_UNUSED_OF_COMPANY = {
    "RegistrationNumber": "",
    "Employees": "",
    "EUVatNumber": "",
    "FoundingYear": "",
    "Capital": "",
    "MainActivity": "",
    "BisnodeTrafficLight": "",
    "NonGovernmentalOrganization": "",
}
"""Fields that a detail shows and calls never need. [L]"""


async def contact(tenant: Tenant, call: ApiCall) -> object:
    """Search, read, create or change a contact."""
    call.only("GET", "PUT")
    if call.method == "PUT":
        return {"Id": _create(tenant, call) if call.item_id is None else _update(tenant, call)}
    if call.item_id is None:
        found = tenant.last_search.found(
            "Contact",
            call.query,
            len(tenant.contacts),
            lambda: matching(tenant.contacts.values(), call.query, _filters(tenant)),
        )
        return envelope(found, call.query, _row)
    return _detail(tenant, _existing(tenant, call.item_id))


async def purge_person(tenant: Tenant, call: ApiCall) -> object:
    """Erase a person for good; documented as PUT and as GET [D]."""
    call.only("GET", "PUT")
    person = _existing(tenant, call.item_id or 0)
    if any(card.contact_id == person.id for card in tenant.cards.values()):
        return {"Message": "The person is the main contact of a card"}
    del tenant.contacts[person.id]
    return {"Message": "Successfully deleted"}


def _existing(tenant: Tenant, contact_id: int) -> Contact:
    if contact_id not in tenant.contacts:
        raise ApiError(HTTPStatus.NOT_FOUND, "missing")
    return tenant.contacts[contact_id]


def _filters(tenant: Tenant) -> dict[str, Filter[Contact]]:
    switches = tenant.switches

    def query(record: Contact, value: str) -> bool:
        phones = (record.phone, *record.hidden_phones) if switches.hidden_phones else (record.phone,)
        texts = (record.full_name, record.email, record.description, *phones)
        return query_matches(value, phones=phones, texts=texts, by_ending=switches.query_digits == "ending")

    return {
        "Id": lambda record, value: str(record.id) == value,
        "Query": query,
        "Phone": lambda record, value: phone_matches(value, record.phone, mode=switches.phone_filter),
        "Name": lambda record, value: folded(value) in folded(record.full_name),
        "FirstName": lambda record, value: folded(value) == folded(record.first_name),
        "LastName": lambda record, value: folded(value) == folded(record.last_name),
        "Email": lambda record, value: value.casefold() == record.email.casefold(),
        "Description": lambda record, value: folded(value) in folded(record.description),
        "Type": lambda record, value: value in _WORDS[record.company],
        "BusinessId": lambda record, value: str(record.business_id) == value,
        "MainContactId": lambda record, value: value in {str(record.business_id), str(record.id)},
        "Deleted": lambda record, value: record.deleted is (value == "1"),
        "UpdatedSince": lambda record, value: record.updated_at >= read_time("UpdatedSince", value),
    }


def _row(record: Contact) -> dict[str, Any]:
    row = {
        "Id": record.id,
        "Name": record.full_name,
        "Url": f"https://r3.minicrm.hu/Api/R3/Contact/{record.id}",
        "Type": _WORDS[record.company][0],
        "Email": record.email,
        "Phone": record.phone,
    }
    return row if record.business_id is None else {**row, "BusinessId": record.business_id}


def _detail(tenant: Tenant, record: Contact) -> dict[str, Any]:
    hungarian = tenant.switches.language == "hu"
    names = {"Name": record.name} if record.company else {"FirstName": record.first_name, "LastName": record.last_name}
    detail = {
        "Id": record.id,
        "Type": _WORDS[record.company][1 if hungarian else 0],
        **names,
        "Email": record.email,
        "Phone": record.phone,
        "Description": record.description,
        "Deleted": int(record.deleted),
        "CreatedBy": tenant.api_user.name,
        "CreatedAt": wall(record.created_at),
        "UpdatedBy": tenant.api_user.name,
        "UpdatedAt": wall(record.updated_at),
        **_UNUSED,
        **(_UNUSED_OF_COMPANY if record.company else {}),
        "Position": record.position,
    }
    return detail if record.business_id is None else {**detail, "BusinessId": record.business_id}


def _create(tenant: Tenant, call: ApiCall) -> int:
    written = call.written()
    kind = written.get("Type")
    if kind not in _WORDS[False] + _WORDS[True]:
        raise ApiError(HTTPStatus.BAD_REQUEST, "value", kind, "Type")
    now = tenant.now()
    record = Contact(
        id=tenant.next_id(tenant.contacts, start=100), company=kind in _WORDS[True], created_at=now, updated_at=now
    )
    _write(tenant, record, {key: value for key, value in written.items() if key != "Type"})
    if not record.full_name:
        raise ApiError(HTTPStatus.BAD_REQUEST, "required", "Name" if record.company else "FirstName")
    tenant.contacts[record.id] = record
    return record.id


def _update(tenant: Tenant, call: ApiCall) -> int:
    """Change a contact: a copy of it, so that what is refused has changed nothing."""
    record = copied(_existing(tenant, call.item_id or 0))
    written = call.written()
    if "BusinessId" in written and str(written["BusinessId"]) != str(record.business_id):
        raise ApiError(HTTPStatus.BAD_REQUEST, "fixed", "BusinessId")
    _write(tenant, record, written)
    tenant.contacts[record.id] = record
    return record.id


def _write(tenant: Tenant, record: Contact, written: dict[str, Any]) -> None:
    unknown = sorted(written.keys() - _WRITABLE.keys() - {"BusinessId", "Deleted"})
    if unknown:
        raise ApiError(HTTPStatus.BAD_REQUEST, "parameter", unknown[0])
    for name, attribute in _WRITABLE.items():
        if name in written:
            setattr(record, attribute, str(written[name]))
    if written.get("BusinessId"):
        company = tenant.contacts.get(int(written["BusinessId"]))
        if company is None or not company.company:
            raise ApiError(HTTPStatus.BAD_REQUEST, "value", written["BusinessId"], "BusinessId")
        record.business_id = company.id
    if "Deleted" in written:
        record.deleted = str(written["Deleted"]) == "1"
    record.updated_at = tenant.now()
