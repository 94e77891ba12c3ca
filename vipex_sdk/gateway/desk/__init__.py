"""The agents' pages: who is calling, their card, and calls started with a click."""

from vipex_sdk.gateway.desk.hub import Hub
from vipex_sdk.gateway.desk.pages import DeskPages, desk_gate, desk_link
from vipex_sdk.gateway.desk.pops import Pops

__all__ = ["DeskPages", "Hub", "Pops", "desk_gate", "desk_link"]
