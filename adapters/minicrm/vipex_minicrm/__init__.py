"""MiniCRM for the VIPeX gateway: customers found by telephone number, calls written to their cards.

``PLUGIN`` is what the gateway loads; :class:`MiniCrmClient` is a typed client for scripts of your own. What MiniCRM's
API does and how we know it stands in ``facts/minicrm.md``. A simulated MiniCRM to try all of it against comes along:
``python -m vipex_minicrm.simulator``.
"""

from vipex_minicrm.adapter import MiniCrmAdapter
from vipex_minicrm.client import MiniCrmClient
from vipex_minicrm.plugin import PLUGIN
from vipex_minicrm.settings import (
    MainContact,
    MiniCrmSettings,
    NewCards,
    NumberStyle,
    PhoneSearch,
    Recorder,
    TodoClose,
)

__all__ = [
    "PLUGIN",
    "MainContact",
    "MiniCrmAdapter",
    "MiniCrmClient",
    "MiniCrmSettings",
    "NewCards",
    "NumberStyle",
    "PhoneSearch",
    "Recorder",
    "TodoClose",
]
