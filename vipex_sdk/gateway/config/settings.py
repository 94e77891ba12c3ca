"""What can be set in ``vipex.toml``: one class a table, one field a key, each with its explanation in two languages."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, TypeAlias

from attrs import field, frozen

from vipex_sdk.crm.adapter import AnyPlugin
from vipex_sdk.gateway.config.about import about
from vipex_sdk.gateway.config.calls import CallSettings, DiallingSettings
from vipex_sdk.gateway.config.secret import Secret
from vipex_sdk.gateway.config.webhooks import WebhookSettings

__all__ = [
    "Configuration",
    "CrmSettings",
    "DeliverySettings",
    "ExtensionSettings",
    "GatewaySettings",
    "Language",
    "RecordingSettings",
    "RoutingSettings",
    "Tables",
    "VipexSettings",
    "WebhookSettings",
]

Language: TypeAlias = Literal["hu", "en"]


@frozen(kw_only=True)
class GatewaySettings:
    """``[gateway]``: where the service listens and keeps its data."""

    host: str = field(
        default="127.0.0.1",
        metadata=about(
            en="Address to listen on. Off loopback, plain HTTP needs `insecure = true`.",
            hu="A cím, amelyen a szolgáltatás figyel. A gépen kívülről titkosítatlan HTTP-hez `insecure = true` kell.",
        ),
    )
    port: int = field(
        default=8080,
        metadata=about(
            en="Port; 0 takes any free one.", hu="Port; a 0 bármelyik szabadot jelenti.", least=0, most=65535
        ),
    )
    data: Path = field(
        default=Path("data"),
        metadata=about(
            en="Folder for the database, recordings and keys, relative to this file.",
            hu="Az adatbázis, a felvételek és a kulcsok mappája, ehhez a fájlhoz képest.",
        ),
    )
    public_url: str = field(
        default="",
        metadata=about(
            en="Address under which VIPeX, the CRM and the agents reach the gateway; empty: the listening address.",
            hu="Az a cím, amelyen a VIPeX, a CRM és az ügyintézők elérik; üresen: a figyelt cím.",
        ),
    )
    database: str = field(
        default="",
        repr=False,
        metadata=about(
            en="Empty: SQLite in the data folder. `postgresql://...`: one database shared by several machines.",
            hu="Üresen: SQLite az adatmappában. `postgresql://...`: több gép közös adatbázisa.",
        ),
    )
    settle_seconds: float = field(
        default=20.0,
        metadata=about(
            en="How long late facts of a call are waited for before it is written to the CRM. Where the profile says"
            " that legs come separately, its own wait counts.",
            hu="Ennyit vár a hívás késve érkező adataira, mielőtt a CRM-be írja (másodperc). Ha a profil szerint a"
            " részhívások külön érkeznek, a profilban megadott várakozás számít.",
            least=0,
            most=3600,
        ),
    )
    insecure: bool = field(
        default=False,
        metadata=about(
            en="Allow plain HTTP off loopback, for example behind a reverse proxy on another machine.",
            hu="Titkosítatlan HTTP engedélyezése a gépen kívülről, például másik gépen futó proxy mögött.",
        ),
    )


@frozen(kw_only=True)
class VipexSettings:
    """``[vipex]``: the control API, for click-to-call, recordings and operators' statuses."""

    base_url: str = field(metadata=about(en="Address of the VIPeX API.", hu="A VIPeX API címe."))
    user: str = field(metadata=about(en="Name of the technical user.", hu="A technikai felhasználó neve."))
    password: Secret = field(
        metadata=about(en="Password of the technical user.", hu="A technikai felhasználó jelszava.")
    )
    profile: Path | None = field(
        default=None,
        metadata=about(
            en="TOML file that changes the wire profile, relative to this file.",
            hu="A kommunikációs profilt módosító TOML fájl, ehhez a fájlhoz képest.",
        ),
    )


@frozen(kw_only=True)
class RoutingSettings:
    """``[routing]``: where known and unknown callers go."""

    default_extension: str = field(
        default="",
        metadata=about(
            en="Where callers without an owner go; empty: the call logic continues.",
            hu="Ide kerül, akinek nincs felelőse; üresen: a hívás a híváslogika szerint folytatódik.",
        ),
    )
    ring_seconds: int = field(
        default=25,
        metadata=about(
            en="How long the owner's telephone rings before the call logic goes on.",
            hu="Ennyi ideig csörög a felelős telefonja, mielőtt a híváslogika továbblép (másodperc).",
            least=1,
            most=600,
        ),
    )


@frozen(kw_only=True)
class ExtensionSettings:
    """``[extensions.NUMBER]``: whose telephone it is."""

    crm_user: str = field(
        default="",
        metadata=about(en="The CRM user's id or exact name.", hu="A CRM-felhasználó azonosítója vagy neve."),
    )
    name: str = field(
        default="", metadata=about(en="Shown on the agent's page.", hu="Az ügyintéző oldalán megjelenő név.")
    )


@frozen(kw_only=True)
class CrmSettings:
    """``[crm]``: which adapter, and the adapter's own table ``[crm.NAME]``."""

    adapter: str = field(
        metadata=about(en="Name of the adapter, for example `minicrm`.", hu="Az adapter neve, például `minicrm`.")
    )
    plugin: AnyPlugin = field(repr=False)
    settings: Any = field(repr=False)


@frozen(kw_only=True)
class DeliverySettings:
    """``[delivery]``: when a failed delivery is tried again."""

    schedule_seconds: tuple[float, ...] = field(
        default=(5.0, 30.0, 300.0, 1800.0, 7200.0, 18000.0, 36000.0),
        metadata=about(
            en="Waits between attempts; after the last one the delivery is a dead letter.",
            hu="Várakozás a próbálkozások között; az utolsó után kézbesíthetetlen lesz (másodperc).",
            least=0,
            most=604800,
        ),
    )


@frozen(kw_only=True)
class RecordingSettings:
    """``[recordings]``: what a CRM that fetches recordings must present."""

    user: str = field(
        default="", metadata=about(en="User name of the CRM; empty: no CRM may fetch.", hu="A CRM felhasználóneve.")
    )
    password: Secret = field(default=Secret(), metadata=about(en="Password of the CRM.", hu="A CRM jelszava."))
    allow: tuple[str, ...] = field(
        default=(),
        metadata=about(
            en="Addresses or networks that may fetch; empty: any.",
            hu="Címek vagy hálózatok, ahonnan lekérhető; üresen: bárhonnan.",
        ),
    )


@frozen(kw_only=True)
class Tables:
    """The keys and tables that every deployment has."""

    language: Language = field(
        default="hu", metadata=about(en="Language of pages and records.", hu="Az oldalak és bejegyzések nyelve.")
    )
    time_zone: str = field(
        default="Europe/Budapest",
        metadata=about(en="Zone of the times shown and written.", hu="A megjelenő és beírt idők időzónája."),
    )
    gateway: GatewaySettings = field(factory=GatewaySettings)
    vipex: VipexSettings
    webhooks: WebhookSettings
    routing: RoutingSettings = field(factory=RoutingSettings)
    extensions: Mapping[str, ExtensionSettings] = field(factory=dict)
    calls: CallSettings = field(factory=CallSettings)
    dialling: DiallingSettings = field(factory=DiallingSettings)
    delivery: DeliverySettings = field(factory=DeliverySettings)
    recordings: RecordingSettings = field(factory=RecordingSettings)


@frozen(kw_only=True)
class Configuration(Tables):
    """All of ``vipex.toml``.

    Attributes:
        file: where it was read from.
        crm: the adapter and its settings.
    """

    file: Path
    crm: CrmSettings
