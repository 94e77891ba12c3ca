"""All tables, with a version and the way from each version to the next; one text for both stores.

Times are seconds since the epoch, UTC. JSON is text. ``{identity}``, ``{blob}`` and ``{real}`` are what the stores
call differently.
"""

from __future__ import annotations

from vipex_sdk.errors import ConfigError
from vipex_sdk.gateway.database.statement import Row, Statement, Transaction
from vipex_sdk.webhooks.message import stored_keys

__all__ = ["MIGRATIONS", "SCHEMA_VERSION", "migrate"]

_TYPES = {
    "sqlite": {"identity": "INTEGER PRIMARY KEY AUTOINCREMENT", "blob": "BLOB", "real": "REAL"},
    "postgresql": {
        "identity": "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY",
        "blob": "BYTEA",
        "real": "DOUBLE PRECISION",
    },
}

_MIGRATION_LOCK = 7_823_401_556
"""Any number, the same in all versions: two processes that start together migrate one after the other."""

_EVENTS = """
CREATE TABLE events (
    seq {identity},
    key TEXT NOT NULL,
    digest TEXT NOT NULL,
    call TEXT NOT NULL,
    kind TEXT NOT NULL,
    content_type TEXT,
    body {blob} NOT NULL,
    received_at {real} NOT NULL,
    status TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    next_at {real} NOT NULL,
    last_error TEXT,
    number TEXT,
    updated_at {real} NOT NULL,
    UNIQUE (key, digest)
);
CREATE INDEX events_due ON events (next_at) WHERE status = 'pending';
CREATE INDEX events_lane ON events (call, seq);
CREATE INDEX events_status ON events (status, seq);
CREATE INDEX events_parked ON events (number) WHERE status = 'parked';
"""

_RECORDS = """
CREATE TABLE records (
    call TEXT NOT NULL,
    key TEXT NOT NULL,
    revision INTEGER NOT NULL,
    digest TEXT,
    intent TEXT,
    intent_at {real} NOT NULL,
    ref_kind TEXT,
    ref_id TEXT,
    task_kind TEXT,
    task_id TEXT,
    maybe_duplicate INTEGER NOT NULL DEFAULT 0,
    note TEXT,
    updated_at {real} NOT NULL,
    PRIMARY KEY (call, key)
);
CREATE TABLE claims (
    name TEXT PRIMARY KEY,
    holder TEXT NOT NULL,
    until {real} NOT NULL
);
CREATE TABLE budgets (
    name TEXT PRIMARY KEY,
    tat {real} NOT NULL
);
CREATE TABLE settings (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
);
"""

_DIRECTORY = """
CREATE TABLE directory_cards (
    contact_kind TEXT NOT NULL,
    contact_id TEXT NOT NULL,
    card_kind TEXT NOT NULL,
    card_id TEXT NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    company TEXT,
    owner_kind TEXT,
    owner_id TEXT,
    owner_name TEXT,
    is_open INTEGER NOT NULL,
    url TEXT,
    updated_at {real},
    seen_at {real} NOT NULL,
    PRIMARY KEY (contact_kind, contact_id, card_id)
);
CREATE TABLE directory_numbers (
    e164 TEXT NOT NULL,
    contact_kind TEXT NOT NULL,
    contact_id TEXT NOT NULL,
    card_id TEXT NOT NULL,
    PRIMARY KEY (e164, contact_kind, contact_id, card_id)
);
CREATE INDEX directory_numbers_card ON directory_numbers (contact_kind, contact_id, card_id);
CREATE TABLE recordings (
    key TEXT PRIMARY KEY,
    code TEXT,
    path TEXT,
    content_type TEXT,
    call_id TEXT NOT NULL,
    created_at {real} NOT NULL
);
CREATE INDEX recordings_call ON recordings (call_id);
"""

_CALLBACKS = """
CREATE TABLE callbacks (
    caller TEXT PRIMARY KEY,
    key TEXT NOT NULL,
    task_kind TEXT,
    task_id TEXT,
    missed_at {real} NOT NULL,
    noted_at {real} NOT NULL
);
"""

_NEWS = """
CREATE TABLE news (
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    told_at {real} NOT NULL,
    next_at {real} NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (kind, id)
);
"""

_AUDIO_USES = """
CREATE TABLE audio_uses (
    key TEXT NOT NULL,
    seq BIGINT NOT NULL,
    PRIMARY KEY (key, seq)
);
"""

MIGRATIONS: tuple[str, ...] = (_EVENTS + _RECORDS + _DIRECTORY, _CALLBACKS + _NEWS, _AUDIO_USES)
"""What leads from version ``index`` to ``index + 1``. A released one is never changed: add another."""

_FIRST_WITH_AUDIO_USES = 3
_STEP = 1000

SCHEMA_VERSION = len(MIGRATIONS)


def migrate(dialect: str) -> Transaction[int]:
    """Bring the store from whatever version it has to :data:`SCHEMA_VERSION`, in one transaction.

    Returns:
        The version found, 0 for an empty store.

    Raises:
        ConfigError: a newer version of this package has written it.
    """
    if dialect == "postgresql":
        yield Statement("SELECT pg_advisory_xact_lock(:lock)", {"lock": _MIGRATION_LOCK})
    yield Statement("CREATE TABLE IF NOT EXISTS schema_version (version INTEGER NOT NULL)")
    rows = yield Statement("SELECT version FROM schema_version")
    found = int(rows[0]["version"]) if rows else 0
    if found > SCHEMA_VERSION:
        raise ConfigError(
            f"the database has version {found}, this package knows {SCHEMA_VERSION}: install a newer vipex-sdk",
            key="gateway.database",
        )
    for script in MIGRATIONS[found:]:
        for statement in script.format(**_TYPES[dialect]).split(";"):
            if statement.strip():
                yield Statement(statement.strip())
    if 0 < found < _FIRST_WITH_AUDIO_USES:
        yield from _note_audio_uses()
    if found < SCHEMA_VERSION:
        yield Statement("DELETE FROM schema_version")
        yield Statement("INSERT INTO schema_version (version) VALUES (:version)", {"version": SCHEMA_VERSION})
    return found


def _note_audio_uses() -> Transaction[None]:
    """Note which audio the messages name that are here already."""
    seq = 0
    while True:
        rows: list[Row] = yield Statement(
            "SELECT seq, body FROM events WHERE seq > :seq ORDER BY seq LIMIT :step", {"seq": seq, "step": _STEP}
        )
        for row in rows:
            for key in stored_keys(bytes(row["body"])):
                yield Statement(
                    "INSERT INTO audio_uses (key, seq) VALUES (:key, :seq)", {"key": key, "seq": row["seq"]}
                )
        if not rows:
            return
        seq = rows[-1]["seq"]
