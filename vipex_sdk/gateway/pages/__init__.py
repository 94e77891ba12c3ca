"""Pages: templates, texts in two languages, style and scripts, all served by the gateway itself."""

from vipex_sdk.gateway.pages.render import Pages, static_files

__all__ = ["Pages", "static_files"]
