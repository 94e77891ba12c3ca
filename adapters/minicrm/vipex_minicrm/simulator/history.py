"""What a user would see on a card: calls, to-dos and changes of status in the order of time.

MiniCRM has no such API; this view is for tests, for the demo and for the simulator's own pages.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from vipex_minicrm.simulator.records import Attachment, Call, Card, StatusChange, Todo
from vipex_minicrm.simulator.tenant import Tenant

__all__ = ["card_view", "cards_view", "history", "todo_view"]

_CALL_TYPES = ("outgoing", "incoming", "missed")


def history(tenant: Tenant, card: Card) -> dict[str, Any]:
    """Give a card and its entries, oldest first; a closed to-do stands where it was closed."""
    entries = [
        *(call_view(tenant, call) for call in tenant.calls.values() if call.card_id == card.id),
        *(todo_view(tenant, todo) for todo in tenant.todos.values() if todo.card_id == card.id),
        *(_change_view(tenant, card, change) for change in card.changes),
    ]
    return {"simulated": True, "card": card_view(tenant, card), "entries": sorted(entries, key=lambda e: e["at"])}


def card_view(tenant: Tenant, card: Card) -> dict[str, Any]:
    """Give a card as its page shows it."""
    contact = tenant.contacts[card.contact_id]
    company = tenant.contacts.get(card.business_id or 0)
    module = tenant.module_of(card)
    return {
        "id": card.id,
        "name": card.name,
        "category_id": card.category_id,
        "category": module.name,
        "status": module.statuses[card.status_id].name,
        "status_group": module.statuses[card.status_id].group,
        "owner_id": card.user_id,
        "owner": tenant.users[card.user_id].name,
        "contact_id": contact.id,
        "contact": contact.full_name,
        "phone": contact.phone,
        "company": company.full_name if company else "",
        "deleted": card.deleted,
        "files": {name: [_file_view(file) for file in files] for name, files in card.files.items()},
    }


def cards_view(tenant: Tenant) -> list[dict[str, Any]]:
    """Give all cards that are not in the bin."""
    return [card_view(tenant, card) for card in tenant.cards.values() if not card.deleted]


def call_view(tenant: Tenant, call: Call) -> dict[str, Any]:
    """Give an entry of the CallLog."""
    user = tenant.users.get(call.user_id or 0)
    return {
        "kind": "call",
        "id": call.id,
        "card_id": call.card_id,
        "at": _iso(call.started_at),
        "type": _CALL_TYPES[call.type],
        "number": call.number,
        "duration": call.duration,
        "extension": call.extension,
        "user_id": call.user_id,
        "user": user.name if user else "",
        "contact": tenant.contacts[call.contact_id].full_name,
        "reference_id": call.reference_id,
    }


def todo_view(tenant: Tenant, todo: Todo) -> dict[str, Any]:
    """Give a to-do, open or closed."""
    return {
        "kind": "todo",
        "id": todo.id,
        "card_id": todo.card_id,
        "at": _iso(todo.closed_at or todo.created_at),
        "status": todo.status,
        "type": todo.type,
        "user_id": todo.user_id,
        "user": tenant.users[todo.user_id].name,
        "comment": todo.comment,
        "deadline": _iso(todo.deadline) if todo.deadline else None,
        "closed_at": _iso(todo.closed_at) if todo.closed_at else None,
        "attachments": [_file_view(file) for file in todo.attachments],
    }


def _file_view(file: Attachment) -> dict[str, Any]:
    return {
        "file_name": file.file_name,
        "size": file.size,
        "content_type": file.content_type,
        "sniffed": file.sniffed,
    }


def _change_view(tenant: Tenant, card: Card, change: StatusChange) -> dict[str, Any]:
    statuses = tenant.module_of(card).statuses
    return {
        "kind": "status",
        "at": _iso(change.at),
        "from": statuses[change.old_status_id].name if change.old_status_id else "",
        "to": statuses[change.new_status_id].name,
        "user_id": change.user_id,
        "user": tenant.users[change.user_id].name,
    }


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")
