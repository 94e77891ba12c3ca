"""What the entry point ``generic`` of the group ``vipex.adapters`` names."""

from __future__ import annotations

from vipex_generic.adapter import FindingAdapter, GenericAdapter
from vipex_generic.plan import Plan, load_plan
from vipex_generic.settings import GenericSettings
from vipex_generic.spec import AuthKind
from vipex_sdk.crm import AdapterPlugin, CrmAdapter, Pace
from vipex_sdk.errors import ConfigError

__all__ = ["PLUGIN"]


def _open(settings: GenericSettings, pace: Pace) -> CrmAdapter:
    """Read the spec and make the adapter it describes.

    Raises:
        ConfigError: the spec is wrong, or the settings lack a credential that it asks for.
    """
    plan = load_plan(settings.spec, variables=tuple(settings.variables))
    _credentials(settings, plan)
    adapter = GenericAdapter if plan.find_record is None else FindingAdapter
    return adapter(plan, settings, pace)


def _credentials(settings: GenericSettings, plan: Plan) -> None:
    kind = plan.spec.auth.kind
    needed = {AuthKind.NONE: (), AuthKind.BASIC: ("user", "password")}.get(kind, ("token",))
    for name in needed:
        value = getattr(settings, name)
        if not value:
            raise ConfigError(f'expected a value: the spec says auth.kind = "{kind}"', key=f"crm.generic.{name}")
        if kind is not AuthKind.BASIC and not (value.isascii() and value.isprintable()):
            raise ConfigError("expected plain letters, digits and signs only", key=f"crm.generic.{name}")


PLUGIN = AdapterPlugin(name="generic", title="REST (TOML)", settings=GenericSettings, open=_open)
