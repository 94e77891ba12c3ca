from __future__ import annotations

from typing import Any

import pytest
from vipex_minicrm import PLUGIN, MiniCrmSettings, Recorder

from tests.minicrm.running import settings_for
from vipex_sdk.errors import ConfigError

URL = "http://127.0.0.1:1"


@pytest.mark.parametrize(
    ("changes", "recorders"),
    [
        ({}, {Recorder.CALLLOG}),
        ({"voip_key": ""}, {Recorder.TODO}),
        ({"recorder": Recorder.BOTH}, {Recorder.CALLLOG, Recorder.TODO}),
        ({"recorder": Recorder.TODO}, {Recorder.TODO}),
        ({"recorder": Recorder.NONE}, set()),
    ],
)
def test_the_recorder_follows_from_the_key_unless_it_is_named(
    changes: dict[str, Any], recorders: set[Recorder]
) -> None:
    assert settings_for(URL, **changes).recorders == recorders


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"system_id": " "}, "system_id"),
        ({"api_key": ""}, "api_key"),
        ({"base_url": "r3.minicrm.hu"}, "base_url"),
        ({"base_url": "https://12345:key@r3.minicrm.hu"}, "base_url"),
        ({"base_url": "http://crm.example"}, "base_url"),
        ({"base_url": "http://10.0.0.1"}, "base_url"),
        ({"time_zone": "Europe/Nowhere"}, "time_zone"),
        ({"card_url": "{base}/{card}"}, "card_url"),
        ({"phone_search": ()}, "phone_search"),
        ({"read_timeout": 0}, "read_timeout"),
        ({"recorder": Recorder.CALLLOG, "voip_key": ""}, "voip_key"),
    ],
)
def test_a_wrong_setting_is_named(changes: dict[str, Any], key: str) -> None:
    with pytest.raises(ConfigError, match="expected") as caught:
        settings_for(URL, **changes)
    assert caught.value.key == key


@pytest.mark.parametrize("url", ["https://r3.minicrm.io", "http://localhost:1", "http://[::1]:1", "http://127.0.0.2:1"])
def test_plain_http_is_for_loopback(url: str) -> None:
    assert settings_for(url).base == url


def test_keys_are_not_printed() -> None:
    settings = settings_for(URL)
    assert settings.api_key not in repr(settings)
    assert settings.voip_key not in repr(settings)


def test_the_plugin_opens_an_adapter_without_io() -> None:
    assert (PLUGIN.name, PLUGIN.settings) == ("minicrm", MiniCrmSettings)
