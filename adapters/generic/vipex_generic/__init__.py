"""An adapter for the VIPeX gateway that needs no code: a REST CRM described in one TOML file."""

from vipex_generic.plugin import PLUGIN
from vipex_generic.settings import GenericSettings

__all__ = ["PLUGIN", "GenericSettings"]
