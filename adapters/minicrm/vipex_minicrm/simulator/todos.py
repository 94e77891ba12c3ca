"""``/Api/R3/ToDo`` and ``/Api/R3/ToDoList``: what is to be done about a card.

PUT creates, POST on the collection is 405. [L] The list's ``Results`` is a list. [L] A closed to-do can never be
changed, and a to-do never leaves its card. [D] Attachments are addresses that MiniCRM fetches, are appended, and are
24 MB at most together; the detail shows the latest of them. [D]
Whether one may be created closed is assumed [I: todo_created_closed], and that POST changes one lives [I: todo_post].
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from vipex_minicrm.simulator.answers import ApiError, wall
from vipex_minicrm.simulator.api_call import ApiCall, read_time
from vipex_minicrm.simulator.files import MEGABYTE, fetched
from vipex_minicrm.simulator.records import Attachment, Todo, copied
from vipex_minicrm.simulator.tenant import Tenant

__all__ = ["todo", "todo_list"]

_MOST_ATTACHED = 24 * MEGABYTE
_WRITABLE = frozenset(
    {"ProjectId", "UserId", "Comment", "Deadline", "Type", "Duration", "Reminder", "Status", "Attachments", "ClosedAt"}
)


async def todo(tenant: Tenant, call: ApiCall) -> object:
    """Read, create, change or close a to-do."""
    call.only("GET", "PUT", *(["POST"] if call.item_id is not None and tenant.switches.todo_post else []))
    if call.item_id is None:
        call.only("PUT")
        return {"Id": await _create(tenant, call)}
    if call.method == "GET":
        return _detail(tenant, _existing(tenant, call.item_id))
    return {"Id": await _change(tenant, call)}


async def todo_list(tenant: Tenant, call: ApiCall) -> object:
    """List a card's to-dos; without a status the open ones [I: todo_list_status]."""
    call.only("GET")
    if call.item_id not in tenant.cards:
        raise ApiError(HTTPStatus.NOT_FOUND, "missing")
    wanted = call.query.get("Status", tenant.switches.todo_list_status)
    if wanted not in {"Open", "Closed", "All"}:
        raise ApiError(HTTPStatus.BAD_REQUEST, "value", wanted, "Status")
    found = [item for item in tenant.todos.values() if item.card_id == call.item_id]
    rows = [_row(item) for item in found if wanted in {"All", item.status}]
    return {"Count": len(rows), "Results": rows}


def _existing(tenant: Tenant, todo_id: int) -> Todo:
    if todo_id not in tenant.todos:
        raise ApiError(HTTPStatus.NOT_FOUND, "missing")
    return tenant.todos[todo_id]


def _row(item: Todo) -> dict[str, Any]:
    return {
        "Id": item.id,
        "Status": item.status,
        "Comment": item.comment,
        "Deadline": wall(item.deadline),
        "UserId": item.user_id,
        "Type": item.type,
        "Url": f"https://r3.minicrm.hu/Api/R3/ToDo/{item.id}",
    }


def _detail(tenant: Tenant, item: Todo) -> dict[str, Any]:
    hungarian = tenant.switches.language == "hu"
    user = tenant.users[item.user_id].name
    return {
        "Id": item.id,
        "UserId": user,
        "ContactId": tenant.cards[item.card_id].contact_id,
        "ProjectId": item.card_id,
        "Type": item.type,
        "Duration": item.duration,
        "Reminder": item.reminder,
        "Status": item.status,
        "Mode": "Teendő" if hungarian else "Task",
        "Deadline": wall(item.deadline),
        "Comment": item.comment,
        "CreatedBy": tenant.api_user.name,
        "CreatedAt": wall(item.created_at),
        "UpdatedBy": tenant.api_user.name,
        "UpdatedAt": wall(item.updated_at),
        "ClosedBy": tenant.users[item.closed_by].name if item.closed_by else "",
        "ClosedAt": wall(item.closed_at),
        "Attachments": _latest(item),
        "Members": [],
        "Notes": [],
    }


def _latest(item: Todo) -> object:
    if not item.attachments:
        return []
    number = len(item.attachments)
    file_name = item.attachments[-1].file_name
    return {"FileName": file_name, "Url": f"https://r3.minicrm.hu/Download/{item.id}/{number}"}


async def _create(tenant: Tenant, call: ApiCall) -> int:
    written = call.written()
    _check_names(written)
    card_id = str(written.get("ProjectId", ""))
    if not card_id:
        raise ApiError(HTTPStatus.BAD_REQUEST, "required", "ProjectId")
    if not card_id.isdigit() or int(card_id) not in tenant.cards:
        raise ApiError(HTTPStatus.BAD_REQUEST, "value", card_id, "ProjectId")
    attached = await fetched(tenant, written.get("Attachments"), most_bytes=_MOST_ATTACHED)
    card, now = tenant.cards[int(card_id)], tenant.now()
    if written.get("Status") == "Closed" and not tenant.switches.todo_created_closed:
        raise ApiError(HTTPStatus.BAD_REQUEST, "value", "Closed", "Status")
    item = Todo(
        id=tenant.next_id(tenant.todos, start=600),
        card_id=card.id,
        user_id=tenant.owner(written["UserId"]) if "UserId" in written else card.user_id,
        comment="",
        created_at=now,
        updated_at=now,
    )
    _write(tenant, item, written, attached)
    tenant.todos[item.id] = item
    return item.id


async def _change(tenant: Tenant, call: ApiCall) -> int:
    """Change an open to-do: a copy of it, so that what is refused has changed nothing."""
    written = call.written()
    _check_names(written)
    left = _MOST_ATTACHED - sum(file.size for file in _open(tenant, call.item_id or 0).attachments)
    attached = await fetched(tenant, written.get("Attachments"), most_bytes=left)
    item = copied(_open(tenant, call.item_id or 0))
    if "ProjectId" in written:
        raise ApiError(HTTPStatus.BAD_REQUEST, "fixed", "ProjectId")
    if "UserId" in written:
        item.user_id = tenant.owner(written["UserId"])
    keeps_time = call.method == "POST" or tenant.switches.todo_put_keeps_time
    _write(tenant, item, written, attached, keeps_time=keeps_time)
    item.updated_at = tenant.now()
    tenant.todos[item.id] = item
    return item.id


def _open(tenant: Tenant, todo_id: int) -> Todo:
    item = _existing(tenant, todo_id)
    if item.status == "Closed":
        raise ApiError(HTTPStatus.BAD_REQUEST, "closed")
    return item


def _check_names(written: dict[str, Any]) -> None:
    unknown = sorted(written.keys() - _WRITABLE)
    if unknown:
        raise ApiError(HTTPStatus.BAD_REQUEST, "parameter", unknown[0])


def _write(
    tenant: Tenant, item: Todo, written: dict[str, Any], attached: list[Attachment], *, keeps_time: bool = False
) -> None:
    """Write the fields; POST keeps a ``ClosedAt``, PUT ignores it [I: todo_put_keeps_time]."""
    for name in ("Comment", "Type", "Duration", "Reminder"):
        if name in written:
            setattr(item, name.lower(), str(written[name]))
    if written.get("Deadline"):
        item.deadline = read_time("Deadline", written["Deadline"])
    item.attachments += attached
    status = written.get("Status", item.status)
    if status not in {"Open", "Closed"}:
        raise ApiError(HTTPStatus.BAD_REQUEST, "value", status, "Status")
    if status == "Closed":
        given = written.get("ClosedAt")
        item.closed_at = read_time("ClosedAt", given) if keeps_time and given else tenant.now()
        item.closed_by = item.user_id
        item.status = "Closed"
