"""Documented examples of ``facts/minicrm.md`` 1.6 beside the card itself: external ids, e-mails, connections."""

from __future__ import annotations

from tests.minicrm.documented import Example
from tests.minicrm.documented_cards import CARD, EMPLOYEE_CARD, TENANTS_OWN, cards, put
from tests.minicrm.documented_contacts import one

__all__ = ["BESIDE"]

EMAIL = {"Id": int, "From": str, "To": str, "Subject": str, "CreatedAt": str}
PAIR = {"FromProjectId": 1010, "ToProjectId": 1008}
CONNECTED = (("PUT", "/R3/CreateProjectConnection", PAIR),)
CONNECTION = {
    "ProjectId": 1008,
    "ProjectName": str,
    "Description": "",
    "CategoryId": int,
    "StatusId": int,
    "MainContactId": 100,
}

BESIDE = (
    Example(
        section="1.6",
        title="by external id, the card itself as an older page says",
        path="/R3/Project?ReferenceId=WEB-1010",
        answer={**CARD, **TENANTS_OWN},
    ),
    Example(
        **cards("by external id, as a list", ReferenceId="WEB-1010"),
        switches={"reference_search": "list"},
        answer=one(EMPLOYEE_CARD),
        understood={"id": "1010"},
    ),
    Example(
        section="1.6",
        title="e-mails of a card",
        path="/R3/EmailList/1010",
        answer={"Count": 2, "Results": [EMAIL, EMAIL]},
    ),
    Example(
        section="1.6",
        title="e-mails of a day",
        path="/R3/EmailList/1010?CreatedAt=2025-02-23",
        answer={"Count": 1, "Results": [EMAIL]},
    ),
    put("connect two cards", "/R3/CreateProjectConnection/", PAIR, answer=CONNECTION),
    Example(
        section="1.6",
        title="connections of a card",
        path="/R3/ListProjectConnection?FromProjectId=1010",
        answer={
            "TotalCount": 1,
            "Page": 0,
            "ItemPerPage": 100,
            "Connections": {"0": {**CONNECTION, "ProjectId": 1007, "Description": "Ugyanaz a cég"}},
        },
    ),
    put(
        "say why two cards are connected",
        "/R3/UpdateProjectConnection/",
        {**PAIR, "Description": "Előzmény"},
        before=CONNECTED,
        answer={**CONNECTION, "Description": "Előzmény"},
    ),
    put("part two cards", "/R3/DeleteProjectConnection/", PAIR, before=CONNECTED, answer={"Message": str}),
)
