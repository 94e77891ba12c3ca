"""Who may see a page: a link with a key becomes a cookie; a form is believed only from our own pages."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote, urlencode, urlsplit

from attrs import field, frozen
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from vipex_sdk.gateway.keys import InstallKey

__all__ = ["Gate", "Site", "same_origin"]

COOKIE_SECONDS = 180 * 24 * 3600


@frozen(kw_only=True)
class Site:
    """Under which address people reach the gateway.

    Attributes:
        url: scheme, host, port and path, without a slash at the end.
    """

    url: str

    @property
    def base(self) -> str:
        """The path all our addresses begin with; empty at the root of a host."""
        return urlsplit(self.url).path.rstrip("/")

    @property
    def secure(self) -> bool:
        """Whether browsers come over TLS."""
        return self.url.startswith("https://")

    @property
    def origin(self) -> str:
        """What a browser calls our pages' origin."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc}"


@frozen(kw_only=True)
class Gate:
    """One page (with everything below it) and who may see it.

    Attributes:
        purpose: what the key is derived for, for example ``desk:101``.
        path: the page's path, without the site's base.
    """

    key: InstallKey = field(repr=False)
    site: Site
    purpose: str
    path: str

    @property
    def link(self) -> str:
        """Address that lets its holder in; as good as a password."""
        return f"{self.site.url}{self.path}?{urlencode({'key': self.key.derive(self.purpose)})}"

    def admit(self, request: Request) -> Response | None:
        """Give ``None`` when the request may go on, else the answer: a redirect that sets the cookie, or 403."""
        presented = request.query_params.get("key")
        if presented is None:
            return None if self.knows(request) else Response(status_code=403)
        if not self.key.proves(self.purpose, presented):
            return Response(status_code=403)
        # The key leaves the address bar, so that it is in no history, screenshot or Referer.
        rest = [(name, value) for name, value in request.query_params.multi_items() if name != "key"]
        target = self.site.base + self.path + (f"?{urlencode(rest)}" if rest else "")
        response = RedirectResponse(target, status_code=303, headers={"Cache-Control": "no-store"})
        response.set_cookie(
            self._cookie,
            presented,
            max_age=COOKIE_SECONDS,
            path=self.site.base + quote(self.path),
            secure=self.site.secure,
            httponly=True,
            samesite="lax",
        )
        return response

    def knows(self, request: Request) -> bool:
        """Whether the request's cookie says that the page was opened on this device."""
        return self.key.proves(self.purpose, request.cookies.get(self._cookie, ""))

    @property
    def _cookie(self) -> str:
        return "vipex_" + self.purpose.replace(":", "_")


def same_origin(headers: Mapping[str, str], site: Site) -> bool:
    """Whether a form or script of our own pages sent this, by ``Sec-Fetch-Site``, else by ``Origin``.

    What sends neither is refused: every browser of the last years sends one of them with a POST.
    """
    fetched = headers.get("sec-fetch-site")
    if fetched is not None:
        return fetched == "same-origin"
    origin = headers.get("origin")
    return origin is not None and origin == site.origin
