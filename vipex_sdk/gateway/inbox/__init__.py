"""The inbox: what VIPeX was told we have, and what has become of it."""

from vipex_sdk.gateway.inbox.inbox import Inbox
from vipex_sdk.gateway.inbox.jobs import Jobs, RowsAreJobs
from vipex_sdk.gateway.inbox.rows import Delivery, Detail, Receipt, Status, WrittenRecord

__all__ = ["Delivery", "Detail", "Inbox", "Jobs", "Receipt", "RowsAreJobs", "Status", "WrittenRecord"]
