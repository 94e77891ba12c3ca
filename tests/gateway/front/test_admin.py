from __future__ import annotations

import stat

import httpx
import pytest

from tests.gateway.clock import eventually
from tests.gateway.front.rig import CUSTOMER, Running, ScanningCrm
from tests.gateway.front.test_dashboard import CALL
from vipex_sdk.crm.model import NotRecorded, WhyNot
from vipex_sdk.errors import Unavailable


@pytest.fixture
def admin(house: Running) -> httpx.AsyncClient:
    file = house.gateway.configuration.gateway.data / "admin.token"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    house.http.headers["Authorization"] = f"Bearer {file.read_text().strip()}"
    return house.http


@pytest.mark.parametrize("token", ["", "Bearer ", "Bearer wrong", "Basic dmlwZXg6eA==", "Bearer \xff"])
async def test_strangers_are_refused(house: Running, token: str) -> None:
    for method, path in (("GET", "/admin/deliveries"), ("POST", "/admin/deliveries/replay"), ("GET", "/admin/pages")):
        answer = await house.http.request(method, path, headers=[(b"Authorization", token.encode("latin-1"))])
        assert answer.status_code == 401
        assert answer.json()["error"]


async def test_deliveries_are_listed_shown_and_replayed(
    admin: httpx.AsyncClient, house: Running, crm: ScanningCrm
) -> None:
    crm.refuses = NotRecorded(WhyNot.REFUSED, "closed")
    await house.http.post("/vipex/call-end", json=CALL, auth=("vipex", "jelszó-hook"))

    async def dead() -> bool:
        return bool((await admin.get("/admin/deliveries?status=dead")).json()["deliveries"])

    await eventually(dead)
    (row,) = (await admin.get("/admin/deliveries?status=dead")).json()["deliveries"]
    assert (row["status"], row["last_error"]) == ("dead", "refused: closed")
    detail = (await admin.get(f"/admin/deliveries/{row['seq']}")).json()
    assert "+36300000001" in detail["body"]
    assert (await admin.get("/admin/deliveries/999")).status_code == 404
    answer = await admin.post("/admin/deliveries/replay", json={"seqs": [row["seq"]]})
    assert answer.json() == {"replayed": 1}
    await eventually(dead)
    assert (await admin.post("/admin/deliveries/replay", json={"status": "dead"})).json() == {"replayed": 1}


WRONG = [{}, {"seqs": ["1"]}, {"seqs": [True]}, {"seqs": []}, {"status": "lost"}, {"seqs": [1], "status": "dead"}, []]


@pytest.mark.parametrize("body", WRONG)
async def test_a_wrong_replay_is_explained(admin: httpx.AsyncClient, body: object) -> None:
    answer = await admin.post("/admin/deliveries/replay", json=body)
    assert answer.status_code == 400
    assert "seqs" in answer.json()["error"]


@pytest.mark.parametrize("query", ["status=lost", "limit=x", "before=-1"])
async def test_a_wrong_list_is_explained(admin: httpx.AsyncClient, query: str) -> None:
    assert (await admin.get(f"/admin/deliveries?{query}")).status_code == 400


async def test_the_directory_can_be_asked_and_refreshed(admin: httpx.AsyncClient, crm: ScanningCrm) -> None:
    found = (await admin.get("/admin/directory/lookup", params={"number": "06 30 000 0001"})).json()
    assert (found["number"], found["source"], found["cards"][0]["name"]) == (CUSTOMER, "index", "Próba Piroska")
    assert (await admin.get("/admin/directory/lookup")).json()["source"] == "not_a_subscriber"
    report = (await admin.post("/admin/directory/refresh", json={"full": True})).json()
    assert (report["full"], report["seen"], report["running"]) == (True, 1, False)
    crm.fails = Unavailable("the CRM is down")
    answer = await admin.post("/admin/directory/refresh")
    assert (answer.status_code, answer.json()["error"]) == (502, "the CRM could not be read: Unavailable")


async def test_a_long_refresh_goes_on_alone(admin: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vipex_sdk.gateway.admin.SCAN_SECONDS", 0.0)
    answer = await admin.post("/admin/directory/refresh", json={"full": True})
    assert (answer.status_code, answer.json()["running"]) == (202, True)


async def test_pages_are_told(admin: httpx.AsyncClient, house: Running) -> None:
    assert (await admin.get("/admin/pages")).json() == house.gateway.page_links()


async def test_without_the_store_the_answer_says_so(admin: httpx.AsyncClient, house: Running) -> None:
    await house.gateway.database.close()
    answer = await admin.get("/admin/deliveries")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "10")
