"""The overview for whoever keeps the gateway running."""

from vipex_sdk.gateway.dashboard.operators import OperatorBoard
from vipex_sdk.gateway.dashboard.page import Dashboard, dashboard_gate, dashboard_link

__all__ = ["Dashboard", "OperatorBoard", "dashboard_gate", "dashboard_link"]
