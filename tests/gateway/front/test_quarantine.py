"""What nobody understood is kept, shown, read again by a better profile, or given up; nothing vanishes."""

from __future__ import annotations

import json
from pathlib import Path

import httpx

from tests.gateway.clock import eventually
from tests.gateway.front.rig import HOOK_AUTH, TOML, Running, ScanningCrm, a_customer, configured, running

STRANGE = {"event": "call_end", "callid": "c1", "begin": "2026-03-02T09:00:00+01:00", "ani": "+36300000001"}
PROFILE = '[fields.call_end]\nstarted_at = ["begin"]\ncaller = ["ani"]\n'


def customers() -> ScanningCrm:
    crm = ScanningCrm()
    crm.cards.append(a_customer())
    return crm


async def statuses(house: Running) -> dict[str, int]:
    return {status.value: count for status, count in (await house.gateway.inbox.counts()).items() if count}


def admin(house: Running) -> httpx.AsyncClient:
    file = house.gateway.configuration.gateway.data / "admin.token"
    house.http.headers["Authorization"] = f"Bearer {file.read_text().strip()}"
    return house.http


async def test_a_better_profile_reads_what_was_kept(tmp_path: Path) -> None:
    async with running(configured(tmp_path, customers())) as house:
        for body in (json.dumps(STRANGE), "[1]"):
            answer = await house.http.post(
                "/vipex/call-end", content=body, headers={"content-type": "application/json"}, auth=HOOK_AUTH
            )
            assert answer.status_code == 202
        assert (await house.http.post("/vipex/call-end", json=STRANGE, auth=HOOK_AUTH)).status_code == 202
        listed = (await admin(house).get("/admin/deliveries?status=quarantined")).json()["deliveries"]
        assert len(listed) >= 2
        assert "started_at" in listed[-1]["last_error"]
    (tmp_path / "profile.toml").write_text(PROFILE)
    toml = TOML.replace('user = "crm"', 'user = "crm"\nprofile = "profile.toml"')
    async with running(configured(tmp_path, customers(), toml=toml)) as house:
        answer = await admin(house).post("/admin/quarantine/replay", json={"all": True})
        assert answer.json()["replayed"] == len(listed)

        async def read() -> bool:
            now = await statuses(house)
            return now.get("quarantined") == 1 and "pending" not in now

        await eventually(read)
        now = await statuses(house)
        assert sum(now.values()) == len(listed)
        assert now["delivered"] == 1
        (left,) = (await admin(house).get("/admin/deliveries?status=quarantined")).json()["deliveries"]
        assert (await admin(house).post("/admin/quarantine/drop", json={"seqs": [left["seq"]]})).json() == {
            "dropped": 1
        }
        assert "quarantined" not in await statuses(house)
        assert sum((await statuses(house)).values()) == len(listed)


async def test_only_what_is_in_quarantine_is_touched(house: Running) -> None:
    call = {**STRANGE, "started_at": STRANGE["begin"], "caller": STRANGE["ani"]}
    await house.hook("call-end", **call)
    for action in ("replay", "drop"):
        answer = await admin(house).post(f"/admin/quarantine/{action}", json={"seqs": [1]})
        assert set(answer.json().values()) == {0}
        for wrong in ({}, {"seqs": []}, {"seqs": ["1"]}, {"all": False}, {"all": True, "seqs": [1]}):
            assert (await admin(house).post(f"/admin/quarantine/{action}", json=wrong)).status_code == 400
    assert "ignored" not in await statuses(house)
