"""The call link: an address that agents paste into their CRM profile, so that a click on a number there dials."""

from vipex_sdk.gateway.calllink.link import call_link, link_key
from vipex_sdk.gateway.calllink.pages import CallLinkPages

__all__ = ["CallLinkPages", "call_link", "link_key"]
