"""What a client takes from around it: the environment, proxies, transports, OpenTelemetry."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import httpx
import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from starlette.responses import Response

from tests.control.doorman import SECRET, USER, Doorman, basic, served
from vipex_sdk import errors
from vipex_sdk.control import AsyncClient, Client, RetryPolicy
from vipex_sdk.control.address import Route

HTTPS, HTTP = "https://pbx.example.hu", "http://127.0.0.1:9"


@pytest.fixture(params=[Client, AsyncClient])
def cls(request: pytest.FixtureRequest) -> Any:
    return request.param


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in ("VIPEX_BASE_URL", "VIPEX_USER", "VIPEX_PASSWORD", "VIPEX_PASSWORD_FILE", "VIPEX_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    return monkeypatch


def test_a_client_from_the_environment(cls: Any, bare: pytest.MonkeyPatch, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text(f"{SECRET}\n")
    bare.setenv("VIPEX_BASE_URL", "https://pbx.example.hu/")
    bare.setenv("VIPEX_USER", USER)
    bare.setenv("VIPEX_PASSWORD_FILE", str(secret))
    client = cls.from_env(retry=RetryPolicy(attempts=7))
    assert repr(client).endswith(" https://pbx.example.hu profile=vipex-default>")
    assert client.plan.retry.attempts == 7


def test_a_file_with_the_password_is_read_without_its_line_end(bare: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text(f"{SECRET}\r\n")
    keeper = Doorman(basic)
    with served(keeper) as url:
        bare.setenv("VIPEX_BASE_URL", url)
        bare.setenv("VIPEX_USER", USER)
        bare.setenv("VIPEX_PASSWORD_FILE", str(tmp_path / "secret"))
        with Client.from_env() as client:
            assert client.users.get("17").id == "17"


@pytest.mark.parametrize(
    ("variables", "key"),
    [
        ({}, "VIPEX_BASE_URL"),
        ({"VIPEX_BASE_URL": HTTPS, "VIPEX_PASSWORD_FILE": "/nowhere"}, "VIPEX_PASSWORD_FILE"),
        ({"VIPEX_BASE_URL": HTTPS, "VIPEX_PASSWORD": "p"}, "user"),
        ({"VIPEX_BASE_URL": HTTPS, "VIPEX_USER": "u"}, "password"),
    ],
)
def test_an_environment_that_lacks_something_is_named(
    cls: Any, bare: pytest.MonkeyPatch, variables: dict[str, str], key: str
) -> None:
    for name, value in variables.items():
        bare.setenv(name, value)
    with pytest.raises(errors.ConfigError) as wrong:
        cls.from_env()
    assert wrong.value.key == key


def test_proxies_of_the_environment_count_only_when_asked_for(bare: pytest.MonkeyPatch) -> None:
    bare.setenv("https_proxy", "http://proxy.example.hu:3128")
    bare.setenv("no_proxy", "intern.example.hu")
    assert Route().proxy_for(HTTPS) is None
    found = Route(trust_env=True).proxy_for(HTTPS)
    assert found is not None
    assert str(found.url) == "http://proxy.example.hu:3128"
    assert Route(trust_env=True).proxy_for("https://intern.example.hu") is None
    assert Route(trust_env=True).proxy_for(HTTP) is None
    asked = Route(proxy="http://other.example.hu", trust_env=True).proxy_for("https://intern.example.hu")
    assert asked is not None
    assert asked.url.host == "other.example.hu"


def test_requests_go_through_the_proxy_that_was_asked_for(bare: pytest.MonkeyPatch) -> None:
    proxy = Doorman(basic)
    with served(proxy) as url:
        options: dict[str, Any] = {"user": USER, "password": SECRET, "proxy": url, "allow_insecure": True}
        with Client("http://pbx.example.hu", **options) as client:
            assert client.users.get("17").id == "17"

        async def later() -> None:
            async with AsyncClient("http://pbx.example.hu", **options) as client:
                assert (await client.users.get("17")).id == "17"

        asyncio.run(later())
    assert [request.headers["host"] for request in proxy.requests] == ["pbx.example.hu"] * 2


def test_a_proxy_that_is_down_means_that_nothing_was_sent() -> None:
    with (
        Client(HTTPS, user=USER, password=SECRET, proxy=HTTP, retry=RetryPolicy(attempts=1)) as client,
        pytest.raises(errors.NotSent),
    ):
        client.calls.originate("101", "+36300000001")


class Noticing(httpx.BaseTransport):
    closed = False

    def handle_request(self, request: httpx.Request) -> httpx.Response:  # noqa: ARG002 - it answers anything
        return httpx.Response(200, json={"id": "17"})

    def close(self) -> None:
        self.closed = True


def test_a_transport_of_the_callers_is_not_closed() -> None:
    transport = Noticing()
    with Client(HTTPS, user=USER, password=SECRET, transport=transport) as client:
        assert client.users.get("17").id == "17"
    assert not transport.closed


def test_another_set_of_options_closes_nothing() -> None:
    keeper = Doorman(basic)
    with served(keeper) as url, Client(url, user=USER, password=SECRET) as client:
        with client.with_options() as other:
            other.users.get("17")
        connections = client._transport._pool.connections  # type: ignore[attr-defined]  # httpx's own
        assert connections
        client.users.get("17")
        assert client._transport._pool.connections == connections  # type: ignore[attr-defined]  # same


@pytest.fixture(scope="module")
def spans() -> InMemorySpanExporter:
    exporter = InMemorySpanExporter()
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    trace.set_tracer_provider(provider)
    return exporter


def test_an_operation_is_a_span_below_the_current_one(spans: InMemorySpanExporter) -> None:
    spans.clear()
    keeper = Doorman(basic)
    keeper.script = [Response(status_code=503)]
    with served(keeper) as url, Client(url, user=USER, password=SECRET, retry=RetryPolicy(first=0.001)) as client:
        with trace.get_tracer("test").start_as_current_span("outer") as outer:
            client.users.get("+36301112222")
        keeper.script = [Response(b"+36301112222", status_code=404)]
        with pytest.raises(errors.NotFound):
            client.users.get("+36301112222")
    first, _, second = spans.get_finished_spans()
    assert first.name == "vipex users.get"
    assert first.kind is trace.SpanKind.CLIENT
    assert first.parent == outer.get_span_context()
    assert dict(first.attributes or {}) == {
        "vipex.operation": "users.get",
        "vipex.repeatable": True,
        "http.request.resend_count": 1,
    }
    assert second.status.status_code is trace.StatusCode.ERROR
    assert (second.attributes or {})["error.type"] == "NotFound"
    assert (second.attributes or {})["http.response.status_code"] == 404
    assert not any("6301112222" in span.to_json() for span in (first, second))
