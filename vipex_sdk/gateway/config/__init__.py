"""The gateway's settings: one TOML file, structured into frozen classes, with errors that name the line."""

from vipex_sdk.gateway.config.calls import CallSettings, DiallingSettings
from vipex_sdk.gateway.config.load import load
from vipex_sdk.gateway.config.reference import SettingRow, reference
from vipex_sdk.gateway.config.secret import Secret
from vipex_sdk.gateway.config.settings import (
    Configuration,
    CrmSettings,
    DeliverySettings,
    ExtensionSettings,
    GatewaySettings,
    RecordingSettings,
    RoutingSettings,
    VipexSettings,
    WebhookSettings,
)
from vipex_sdk.gateway.config.webhooks import SECRETS

__all__ = [
    "SECRETS",
    "CallSettings",
    "Configuration",
    "CrmSettings",
    "DeliverySettings",
    "DiallingSettings",
    "ExtensionSettings",
    "GatewaySettings",
    "RecordingSettings",
    "RoutingSettings",
    "Secret",
    "SettingRow",
    "VipexSettings",
    "WebhookSettings",
    "load",
    "reference",
]
