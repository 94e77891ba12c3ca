"""Multipart bodies in memory: what we send, and what simulated servers and captures hold.

The receiver does not read them here: its files go to disk as they arrive (``vipex_sdk.webhooks.parts``).
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator
from email.parser import BytesParser
from email.policy import HTTP

from attrs import field, frozen

from vipex_sdk.errors import DecodeError

__all__ = ["Part", "join_parts", "split_parts"]


@frozen(kw_only=True)
class Part:
    """One part.

    Attributes:
        filename: empty for a field.
        content_type: empty where none was said.
    """

    name: str
    filename: str = ""
    content_type: str = ""
    content: bytes = field(default=b"", repr=False)


def join_parts(parts: Iterable[Part], *, boundary: str | None = None) -> tuple[str, bytes]:
    """Write *parts* as a body: (content type, body)."""
    boundary = boundary or secrets.token_hex(16)
    body = b"".join(_written(part, boundary) for part in parts) + f"--{boundary}--\r\n".encode()
    return f"multipart/form-data; boundary={boundary}", body


def _written(part: Part, boundary: str) -> bytes:
    file = f'; filename="{_quoted(part.filename)}"' if part.filename else ""
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="{_quoted(part.name)}"{file}\r\n'
    if part.content_type:
        head += f"Content-Type: {part.content_type}\r\n"
    return head.encode() + b"\r\n" + part.content + b"\r\n"


def _quoted(text: str) -> str:
    """Escape what would end a quoted name, as browsers do."""
    return text.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")


def split_parts(content_type: str, body: bytes) -> list[Part]:
    """Read the parts of a body.

    Raises:
        DecodeError: it is no multipart body.
    """
    message = BytesParser(policy=HTTP).parsebytes(
        b"content-type: " + content_type.encode("latin-1") + b"\r\n\r\n" + body
    )
    if not message.is_multipart() or message.defects:
        raise DecodeError(("$: expected a multipart body",), what="the body")
    return list(_parts(message.iter_parts()))


def _parts(messages: Iterable[object]) -> Iterator[Part]:
    for one in messages:
        name = one.get_param("name", header="content-disposition")  # type: ignore[attr-defined]  # typeshed has no parts
        content = one.get_payload(decode=True)  # type: ignore[attr-defined]
        if not isinstance(name, str) or not isinstance(content, bytes):
            raise DecodeError(("$: a part has no name",), what="the body")
        yield Part(
            name=name.replace("%22", '"'),
            filename=one.get_filename() or "",  # type: ignore[attr-defined]
            content_type=one.get("content-type", ""),  # type: ignore[attr-defined]
            content=content,
        )
