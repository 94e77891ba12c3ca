"""Files of to-dos and cards: given as addresses, fetched at once [D].

Several have a comma between them and no blank. [D] The address may carry credentials. [D] One that gives nothing is
refused or forgotten [I: attachment_unfetched].
"""

from __future__ import annotations

from collections.abc import Iterator
from http import HTTPStatus
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from vipex_minicrm.simulator.answers import ApiError
from vipex_minicrm.simulator.pulls import fetch
from vipex_minicrm.simulator.records import Attachment
from vipex_minicrm.simulator.tenant import Tenant

__all__ = ["MEGABYTE", "fetched"]

MEGABYTE = 1024 * 1024


async def fetched(tenant: Tenant, addresses: object, *, most_bytes: int) -> list[Attachment]:
    """Fetch what *addresses* name; together at most *most_bytes* [D]."""
    files = [file for url in _split(addresses) if (file := await _file(tenant, url)) is not None]
    if sum(file.size for file in files) > most_bytes:
        raise ApiError(HTTPStatus.BAD_REQUEST, "file", f"> {most_bytes // MEGABYTE} MB")
    return files


def _split(addresses: object) -> Iterator[str]:
    for url in str(addresses or "").split(","):
        if url.strip():
            yield url.strip()


async def _file(tenant: Tenant, url: str) -> Attachment | None:
    pull = await fetch(url, credentials=tenant.switches.pull_credentials)
    if pull.ok:
        return Attachment(
            file_name=PurePosixPath(unquote(urlsplit(url).path)).name or "file",
            url=url,
            size=len(pull.body),
            content_type=pull.content_type,
            sniffed=pull.sniffed,
        )
    if tenant.switches.attachment_unfetched == "forget":
        return None
    raise ApiError(HTTPStatus.BAD_REQUEST, "file", pull.reason)
