"""What the entry point ``minicrm`` of the group ``vipex.adapters`` names."""

from __future__ import annotations

from vipex_minicrm.adapter import MiniCrmAdapter
from vipex_minicrm.settings import MiniCrmSettings
from vipex_minicrm.setup import SETUP
from vipex_sdk.crm import AdapterPlugin, CrmAdapter, Pace

__all__ = ["PLUGIN"]


def _open(settings: MiniCrmSettings, pace: Pace) -> CrmAdapter:
    return MiniCrmAdapter(settings, pace)


PLUGIN = AdapterPlugin(name="minicrm", title="MiniCRM", settings=MiniCrmSettings, open=_open, setup=SETUP)
