"""Bring the phonebook in line with a list of one's own, such as the customers of a CRM."""

from __future__ import annotations

from vipex_sdk.control.sync.difference import Change, SyncPlan, difference, external_id
from vipex_sdk.control.sync.session import Refusal, SyncResult

__all__ = ["Change", "Refusal", "SyncPlan", "SyncResult", "difference", "external_id"]
