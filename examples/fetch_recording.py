"""Fetch a recording by the code that came with the end of the call."""

from __future__ import annotations

import os

from vipex_sdk import Client, NotFound, RecordingExpired, RecordingNotReady, RecordingRejected

EXCHANGE = os.environ.get("VIPEX_BASE_URL", "https://pbx.example.hu")
USER = os.environ.get("VIPEX_USER", "crm")
PASSWORD = os.environ.get("VIPEX_PASSWORD", "")
CODE = os.environ.get("RECORDING_CODE", "R-1")
PATH = os.environ.get("RECORDING_PATH", "call.wav")


# --8<-- [start:recordings_download]
def fetch(client: Client, code: str, path: str) -> str:
    try:
        saved = client.recordings.download(code, path)
    except RecordingNotReady:
        return "not ready yet: ask again later"
    except (RecordingExpired, NotFound):
        return "gone"
    except RecordingRejected as error:
        return f"no whole recording: {error}"
    return f"{saved.content_type} {saved.size_bytes}"


# --8<-- [end:recordings_download]


# --8<-- [start:recordings_stream]
def loudness(client: Client, code: str) -> int:
    with client.recordings.stream(code, max_bytes=10_000_000) as recording:
        return max(max(chunk) for chunk in recording)


# --8<-- [end:recordings_stream]


def main() -> None:
    with Client(EXCHANGE, user=USER, password=PASSWORD) as client:
        print(fetch(client, CODE, PATH))
        print(loudness(client, CODE))


if __name__ == "__main__":
    main()
