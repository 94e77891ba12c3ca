"""Can VIPeX, the CRM and the agents reach us? We call our own public address."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx

from vipex_sdk.cli.doctor.finding import Finding, Text, bad, fine, skipped, weak
from vipex_sdk.cli.doctor.machine import answers_here
from vipex_sdk.gateway.config import Configuration

__all__ = ["look_at_reach"]

_RIGHT = httpx.codes.OK


def look_at_reach(configuration: Configuration) -> Iterator[Finding]:
    """Check the public address."""
    url = configuration.gateway.public_url.rstrip("/")
    if not url:
        yield weak(
            "public_url",
            Text("Nincs gateway.public_url: csak erről a gépről érhető el.",
                 "There is no gateway.public_url: only this machine can reach the gateway."),
            Text("Állítson elé HTTPS-proxyt, és adja meg a nyilvános címét.",
                 "Put an HTTPS proxy in front of it and set its public address."),
        )  # fmt: skip
        return
    if urlsplit(url).scheme == "http" and not _is_local(url):
        yield weak(
            "public_url",
            Text(f"Titkosítatlan nyilvános cím: {url}", f"The public address is not encrypted: {url}"),
            Text("Használjon https:// címet, például Caddy vagy nginx proxyval.",
                 "Use an https:// address, for example with Caddy or nginx in front."),
        )  # fmt: skip
    if not answers_here(configuration):
        yield skipped(
            "reach",
            hu="A nyilvános cím nem vizsgálható, amíg a gateway nem fut (vipex serve).",
            en="The public address can be checked only while the gateway runs (vipex serve).",
        )
        return
    yield _called(url)


def _called(url: str) -> Finding:
    try:
        answer = httpx.get(f"{url}/livez", timeout=10.0, trust_env=False)
    except httpx.HTTPError as error:
        return bad("reach", Text(f"Nem érhető el: {url} ({_why(error)})", f"Cannot reach {url}: {_why(error)}"),
                   _how(error))  # fmt: skip
    if answer.status_code != _RIGHT:
        status = answer.status_code
        return bad(
            "reach",
            Text(f"A {url} címen nem a gateway válaszol (állapot: {status}).",
                 f"Something else than the gateway answers at {url} (status {status})."),
            Text("Ellenőrizze, hogy a proxy erre a gépre és portra továbbít-e.",
                 "Check that the proxy forwards to this machine and port."),
        )  # fmt: skip
    return fine("reach", hu=f"A nyilvános cím elérhető: {url}", en=f"The public address answers: {url}")


def _why(error: httpx.HTTPError) -> str:
    return type(error.__cause__ or error).__name__


def _how(error: httpx.HTTPError) -> Text:
    causes = (error, error.__cause__, getattr(error.__cause__, "__cause__", None), error.__context__)
    if any(isinstance(cause, ssl.SSLError) for cause in causes) or "SSL" in str(error):
        return Text("A tanúsítvány hibás vagy lejárt: újítsa meg a proxyn.",
                    "The certificate is wrong or expired: renew it at the proxy.")  # fmt: skip
    return Text("Ellenőrizze a DNS-bejegyzést, a tűzfalat (443) és a proxyt.",
                "Check the DNS entry, the firewall (443) and the proxy.")  # fmt: skip


def _is_local(url: str) -> bool:
    return (urlsplit(url).hostname or "") in ("127.0.0.1", "localhost", "::1")
