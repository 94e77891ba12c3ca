"""The messages that the pages list are those that the code says; MiniCRM's refusals are listed whole."""

from __future__ import annotations

import re
import socket
from collections.abc import Awaitable, Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest
from attrs import frozen
from vipex_minicrm import MiniCrmAdapter, MiniCrmClient, NewCards
from vipex_minicrm.refusals import Sent, refusal

from tests.docs.site import EDITIONS, pages
from tests.gateway.front.rig import TOML, configured
from tests.minicrm.running import ANNA, RunningSimulator, record_for, recording, settings_for
from vipex_sdk.cli.doctor.crm import fix_of
from vipex_sdk.cli.doctor.finding import Finding, Text
from vipex_sdk.cli.doctor.reach import look_at_reach
from vipex_sdk.cli.doctor.secrets import look_at_secrets
from vipex_sdk.crm import Ref, choose
from vipex_sdk.errors import ConfigError, NeedsReauth, VipexError
from vipex_sdk.gateway.engine.lock import FileLock
from vipex_sdk.gateway.serve import serve

HEADS = ("You see", "Message", "Amit lát", "Üzenet")
REFUSALS = "MiniCRM answered "


def listed(edition: str) -> list[str]:
    """Give the messages in the first cells of the tables of messages; a single word is a status."""
    found: list[str] = []
    for page in ("troubleshooting.md", "minicrm.md"):
        for table in re.findall(r"(?:^\|.*\n)+", pages(edition)[page], re.MULTILINE):
            cells = [line.split("|")[1].strip() for line in table.splitlines()]
            if cells[0] in HEADS:
                found += [span for cell in cells[2:] for span in re.findall("`([^`]+)`", cell) if " " in span]
    return found


def pattern(message: str) -> str:
    """Read ``...`` as any text, ``5xx`` as any such status, and the number of a line as any."""
    escaped = re.escape(message).replace(r"\.\.\.", ".*")
    return re.sub(r"toml:\d+", r"toml:[0-9:]+", re.sub(r"(\d)xx", r"\1[0-9]{2}", escaped))


@frozen
class Scene:
    """What a message is provoked with."""

    folder: Path
    simulator: RunningSimulator
    caplog: pytest.LogCaptureFixture

    def loading(self, old: str, new: str) -> Text:
        """Load a configuration that is wrong."""
        with pytest.raises(ConfigError) as caught:
            configured(self.folder, toml=TOML.replace(old, new))
        return _both(str(caught.value))

    def serving(self, port: int = 0) -> Text:
        """Start a gateway that cannot start."""
        with pytest.raises(ConfigError) as caught:
            serve(configured(self.folder, toml=TOML.replace("port = 0", f"port = {port}")))
        return _both(str(caught.value))

    async def refused(self, new: NewCards) -> Text:
        """Check settings that MiniCRM does not fit."""
        async with MiniCrmAdapter(settings_for(self.simulator.url, new_cards=new)) as adapter:
            with pytest.raises(VipexError) as caught:
                await adapter.check()
        return _both(str(caught.value))

    async def recorded(self, **changes: object) -> Text:
        """Record a call as a to-do, and give what was logged."""
        async with MiniCrmAdapter(settings_for(self.simulator.url, recorder="todo")) as adapter:
            card = choose(ANNA, await adapter.find(ANNA)).card
            await adapter.record(record_for(ANNA, card, **changes), None)
        return _both(self.caplog.text)


def _both(text: str) -> Text:
    return Text(text, text)


def _found(findings: Iterator[Finding]) -> Text:
    said = [finding.said for finding in findings]
    return Text("\n".join(text.hu for text in said), "\n".join(text.en for text in said))


async def _second_gateway(scene: Scene) -> Text:
    (scene.folder / "data").mkdir()
    lock = FileLock(scene.folder / "data" / "serve.lock")
    assert lock.try_acquire()
    try:
        return scene.serving()
    finally:
        lock.release()


async def _taken_port(scene: Scene) -> Text:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return scene.serving(taken.getsockname()[1])


async def _missing_field(scene: Scene) -> Text:
    async with MiniCrmClient(settings_for(scene.simulator.url)) as client:
        with pytest.raises(VipexError) as caught:
            await client.create_project({"CategoryId": 21, "ContactId": 107, "StatusId": 2603})
    return _both(str(caught.value))


async def _open_secret(scene: Scene) -> Text:
    (scene.folder / "key").write_text("canary", encoding="utf-8")
    (scene.folder / "key").chmod(0o644)
    (scene.folder / "vipex.toml").write_text('api_key = { file = "key" }', encoding="utf-8")
    return _found(look_at_secrets(scene.folder / "vipex.toml"))


class _Alive(BaseHTTPRequestHandler):
    """A gateway that answers here."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_arguments: object) -> None:
        """Say nothing."""


async def _unreachable(scene: Scene) -> Text:
    with HTTPServer(("127.0.0.1", 0), _Alive) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            toml = TOML.replace("http://gateway.test", "https://127.0.0.1:1")
            return _found(
                look_at_reach(configured(scene.folder, toml=toml.replace("= 0\n", f"= {server.server_port}\n", 1)))
            )
        finally:
            server.shutdown()
            thread.join(timeout=10)


async def _wrong_key(_scene: Scene) -> Text:
    return fix_of(NeedsReauth("x"))


async def _text(text: Text) -> Text:
    return text


SAID: dict[str, Callable[[Scene], Awaitable[Text]]] = {
    "vipex.toml:12: gateway.port: expected ...": lambda scene: _text(scene.loading("port = 0", 'port = "x"')),
    "the environment variable ... is not set": lambda scene: _text(
        scene.loading('password = "canary-control"', 'password = { env = "VIPEX_NEVER_SET" }')
    ),
    "cannot read the file ...": lambda scene: _text(
        scene.loading('password = "canary-control"', 'password = { file = "nowhere" }')
    ),
    "crm.adapter: expected the name of an installed adapter ...": lambda scene: _text(
        scene.loading('adapter = "minicrm"', 'adapter = "nothing"')
    ),
    "another gateway runs on the folder ...": _second_gateway,
    "cannot listen on ... port ...": _taken_port,
    "The key is wrong or was revoked, or the system id is wrong": _wrong_key,
    "new_cards.status: module ... has no such status": lambda scene: scene.refused(
        NewCards(category="21", status="9", owner="")
    ),
    "MiniCRM answered 400 to Project (PUT): ...": _missing_field,
    "the owner for a to-do on card ... is no active user": lambda scene: scene.recorded(owner=Ref("user", "2009")),
    "MiniCRM did not take the recording of to-do ...": lambda scene: scene.recorded(
        recording=recording(f"{scene.simulator.url}/simulator/audio/1")
    ),
    "Others on this machine can read ...": _open_secret,
    "Cannot reach https://...": _unreachable,
}
"""What provokes each listed message, by its English listing."""


@pytest.fixture(scope="module")
def simulator() -> Iterator[RunningSimulator]:
    with RunningSimulator() as running:
        yield running


def others() -> list[tuple[str, str]]:
    """Give what is listed in English and in Hungarian, without the table of MiniCRM's refusals."""
    pairs = zip(listed("en"), listed("hu"), strict=True)
    return [pair for pair in pairs if not pair[0].startswith(REFUSALS) or pair[0] in SAID]


def test_each_listed_message_can_be_provoked() -> None:
    assert [english for english, _ in others()] == list(SAID)


@pytest.mark.parametrize(("english", "hungarian"), others(), ids=[english for english, _ in others()])
async def test_each_listed_message_is_said(
    tmp_path: Path,
    simulator: RunningSimulator,
    caplog: pytest.LogCaptureFixture,
    english: str,
    hungarian: str,
) -> None:
    simulator.reset()
    said = await SAID[english](Scene(tmp_path, simulator, caplog))
    assert re.search(pattern(english), said.en), said.en
    assert re.search(pattern(hungarian), said.hu), said.hu


def refusals() -> list[str]:
    """Give every message that MiniCRM's answers can become, with its own words where it has some."""
    kinds = [
        Sent(what="Project (PUT)", writes=writes, fixed=fixed) for writes in (False, True) for fixed in (False, True)
    ]
    errors = (
        refusal(sent, status, {}, body)
        for status in range(201, 600)
        for sent in kinds
        for body in (b"", "Project (PUT): Érvénytelen".encode())
    )
    return sorted({str(error) for error in errors})


@pytest.mark.parametrize("edition", EDITIONS)
def test_each_refusal_of_minicrm_is_listed_with_its_advice(edition: str) -> None:
    table = [message for message in listed(edition) if message.startswith(REFUSALS) and message not in SAID]
    used = set()
    for refused in refusals():
        fitting = [message for message in table if re.fullmatch(pattern(message), refused)]
        assert fitting, refused
        used.add(closest := max(fitting, key=len))
        assert closest.partition("; ")[2] == refused.partition("; ")[2]
    assert used == set(table), "no row is of a message that never comes"
