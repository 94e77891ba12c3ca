"""Recordings: kept or fetched, under names nobody can guess, for CRMs that pull and people with a link."""

from vipex_sdk.gateway.recordings.links import Links
from vipex_sdk.gateway.recordings.proxy import RecordingProxy
from vipex_sdk.gateway.recordings.shelf import Shelf

__all__ = ["Links", "RecordingProxy", "Shelf"]
