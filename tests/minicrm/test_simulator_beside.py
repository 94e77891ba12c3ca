"""What the simulator has beside cards, contacts and to-dos: files, external ids, e-mails, connections."""

from __future__ import annotations

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest

from tests.minicrm.running import RunningSimulator

MEGABYTE = 1024 * 1024


class _Files(BaseHTTPRequestHandler):
    """Gives as many megabytes as the address says; needs a password for ``/secret/``."""

    def do_GET(self) -> None:
        if self.path.startswith("/secret/") and "Authorization" not in self.headers:
            self.send_error(401)
            return
        self.send_response(200)
        self.send_header("Content-Type", "application/pdf")
        self.end_headers()
        for _ in range(int(self.path.split("/")[-2])):
            self.wfile.write(b"%" * MEGABYTE)

    def log_message(self, *_arguments: Any) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def files() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Files)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join(timeout=10)
    server.server_close()


def _card(simulator: RunningSimulator) -> dict[str, Any]:
    found: dict[str, Any] = simulator.api("GET", "/R3/Project/1010").json()
    return found


def _write(simulator: RunningSimulator, contract: str) -> int:
    return simulator.api("PUT", "/R3/Project/1010", json={"Szerzodes": contract}).status_code


def test_a_file_of_a_card_is_fetched_and_the_next_takes_its_place(simulator: RunningSimulator, files: str) -> None:
    assert _write(simulator, f"http://{files}/1/egy.pdf,http://user:password@{files}/secret/2/kett%C5%91.pdf") == 200
    assert _card(simulator)["Szerzodes"] == "egy.pdf, kettő.pdf"
    (first, second) = simulator.history(1010)["card"]["files"]["Szerzodes"]
    assert (first["size"], second["size"], second["content_type"]) == (MEGABYTE, 2 * MEGABYTE, "application/pdf")
    assert _write(simulator, f"http://{files}/1/uj.pdf") == 200
    assert _card(simulator)["Szerzodes"] == "uj.pdf"


@pytest.mark.parametrize(
    "contract", ["http://{}/11/a.pdf", "http://{0}/6/a.pdf,http://{0}/5/b.pdf", "http://{}/secret/1/a"]
)
def test_a_file_that_is_too_long_or_locked_is_refused(simulator: RunningSimulator, files: str, contract: str) -> None:
    assert _write(simulator, contract.format(files)) == 400
    assert _card(simulator)["Szerzodes"] == ""


def test_a_file_that_does_not_come_may_be_forgotten(simulator: RunningSimulator, files: str) -> None:
    simulator.switches.attachment_unfetched = "forget"
    assert _write(simulator, f"http://{files}/secret/1/a") == 200
    assert _card(simulator)["Szerzodes"] == ""


def test_attachments_are_24_megabytes_at_most_together_and_the_latest_is_shown(
    simulator: RunningSimulator, files: str
) -> None:
    number = simulator.api("PUT", "/R3/ToDo/", json={"ProjectId": 1010, "Comment": "x"}).json()["Id"]
    sizes = [("13/a.mp3", 200), ("12/b.mp3", 400), ("11/c.mp3", 200)]
    for path, status in sizes:
        change = {"Attachments": f"http://{files}/{path}"}
        assert simulator.api("PUT", f"/R3/ToDo/{number}", json=change).status_code == status
    shown = simulator.api("GET", f"/R3/ToDo/{number}").json()["Attachments"]
    assert shown == {"FileName": "c.mp3", "Url": f"https://r3.minicrm.hu/Download/{number}/2"}
    assert [file["file_name"] for file in simulator.todos()[0]["attachments"]] == ["a.mp3", "c.mp3"]


def test_an_external_id_is_written_and_found(simulator: RunningSimulator) -> None:
    new = {"CategoryId": 21, "ContactId": 107, "ReferenceId": "R-1"}
    created = simulator.api("PUT", "/R3/Project", json=new).json()
    assert simulator.api("GET", "/R3/Project?ReferenceId=R-1").json()["Id"] == created["Id"]
    simulator.api("PUT", f"/R3/Project/{created['Id']}", json={"ReferenceId": "R-2"})
    assert [
        simulator.api("GET", f"/R3/Project?ReferenceId={reference}").status_code for reference in ("R-1", "R-2", "")
    ] == [404, 200, 404]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("EmailList/1002", 200),
        ("EmailList/999", 404),
        ("EmailList/1010?CreatedAt=yesterday", 400),
        ("EmailList/1010?Colour=red", 400),
    ],
)
def test_e_mails_are_those_of_a_card(simulator: RunningSimulator, path: str, status: int) -> None:
    answer = simulator.api("GET", f"/R3/{path}")
    assert answer.status_code == status
    assert status != 200 or answer.json() == {"Count": 0, "Results": []}


def _connected(simulator: RunningSimulator, card: int) -> list[int]:
    listed = simulator.api("GET", f"/R3/ListProjectConnection?FromProjectId={card}").json()
    rows = list(listed["Connections"].values()) if listed["Connections"] else []
    assert listed["TotalCount"] == len(rows)
    return [row["ProjectId"] for row in rows]


def test_connections_are_made_once_and_parted(simulator: RunningSimulator) -> None:
    pair = {"FromProjectId": 1010, "ToProjectId": 1002}
    for _ in range(2):
        assert simulator.api("PUT", "/R3/CreateProjectConnection", json=pair).status_code == 200
    assert _connected(simulator, 1010) == [1007, 1002]
    assert simulator.api("PUT", "/R3/DeleteProjectConnection", json=pair).status_code == 200
    assert _connected(simulator, 1010) == [1007]
    for write in ("UpdateProjectConnection", "DeleteProjectConnection"):
        assert simulator.api("PUT", f"/R3/{write}", json=pair).status_code == 404
    assert simulator.api("GET", "/R3/ListProjectConnection").status_code == 400


def test_connections_may_be_seen_from_both_sides(simulator: RunningSimulator) -> None:
    assert _connected(simulator, 1007) == []
    simulator.switches.connections_both_ways = True
    assert _connected(simulator, 1007) == [1010]
