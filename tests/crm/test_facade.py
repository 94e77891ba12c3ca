from __future__ import annotations

import subprocess
import sys

from vipex_sdk import crm


def test_all_is_sorted_and_can_be_imported() -> None:
    assert all(hasattr(crm, name) for name in crm.__all__)
    assert len(set(crm.__all__)) == len(crm.__all__)


def test_an_adapter_that_imports_the_room_loads_no_server_and_no_http_client() -> None:
    code = "import sys, vipex_sdk.crm; print(*({'starlette', 'httpx', 'phonenumbers'} & set(sys.modules)))"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.split() == []
