"""From the configuration to the rules that journal, delivery and pages follow."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from vipex_sdk.crm.journal import JournalSettings
from vipex_sdk.gateway.config import Configuration
from vipex_sdk.gateway.delivery import DeliveryPolicy
from vipex_sdk.numbers import NumberRules

__all__ = ["delivery_policy", "journal_settings"]


def journal_settings(configuration: Configuration, *, names: Mapping[str, str], rules: NumberRules) -> JournalSettings:
    """Give how calls are written; *names* says what to call each extension."""
    calls = configuration.calls
    return JournalSettings(
        language=configuration.language,
        time_zone=configuration.time_zone,
        owner=calls.owner_of_transferred,
        own_numbers=calls.own_numbers,
        block=calls.block,
        names={number: name for number, name in names.items() if name},
        default_owner=calls.default_owner,
        record_anonymous=calls.record_anonymous,
        record_internal=calls.record_internal,
        missed_task=calls.missed_task,
        task_due=timedelta(hours=calls.missed_task_hours),
        number_rules=rules,
    )


def delivery_policy(configuration: Configuration) -> DeliveryPolicy:
    """Give how calls are brought to the CRM."""
    calls = configuration.calls
    return DeliveryPolicy(
        settle_seconds=configuration.gateway.settle_seconds,
        schedule=configuration.delivery.schedule_seconds,
        unknown_callers=calls.unknown_callers,
        newcomer_name=calls.unknown_caller_name or _UNKNOWN[configuration.language],
        ambiguous=calls.ambiguous_matches,
        own_numbers=calls.own_numbers,
    )


_UNKNOWN = {"hu": "Ismeretlen hívó", "en": "Unknown caller"}
