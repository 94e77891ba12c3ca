"""The journal: what a finished call becomes in a customer's history, whose it is, and in which words."""

from vipex_sdk.crm.journal.journal import Journal, Recordings, marker
from vipex_sdk.crm.journal.settings import JournalSettings, OwnerRule
from vipex_sdk.crm.journal.templates import FIELDS, Template
from vipex_sdk.crm.journal.words import Language

__all__ = ["FIELDS", "Journal", "JournalSettings", "Language", "OwnerRule", "Recordings", "Template", "marker"]
