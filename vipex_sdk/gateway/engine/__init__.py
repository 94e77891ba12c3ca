"""Who delivers from the inbox: this process, or any number of workers on one PostgreSQL."""

from vipex_sdk.gateway.engine.choose import engine_for
from vipex_sdk.gateway.engine.engine import Deliver, Engine, Gate, always_open
from vipex_sdk.gateway.engine.local import LocalEngine

__all__ = ["Deliver", "Engine", "Gate", "LocalEngine", "always_open", "engine_for"]
