"""What a killed worker had answered is in the books."""

import os
import signal
import threading
import time

import requests

from tests.house import House
from tests.processes import command_of, descendants


class Load(threading.Thread):
    """Asks until told to stop, and remembers the id of every complete answer."""

    def __init__(self, house: House, key: str, *, stream: bool) -> None:
        super().__init__()
        self._house, self._key, self._stream = house, key, stream
        self.answered: list[str] = []
        self.cut_off = 0
        self.halt = threading.Event()

    def run(self) -> None:
        while not self.halt.is_set():
            try:
                response = self._house.ask(self._key, stream=self._stream)
            except requests.RequestException:
                self.cut_off += 1
                continue
            whole = not self._stream or "data: [DONE]" in response.text
            if response.status_code == 200 and whole:
                self.answered.append(response.headers["x-request-id"])


def web_workers(house: House) -> list[int]:
    """Return gunicorn's workers: the children of the process that holds the port."""
    found = [
        pid for pid in descendants(house.process.pid) if b"gunicorn" in command_of(pid)
    ]
    return [pid for pid in found if not descendants(pid) & set(found)]


def test_every_complete_answer_has_its_record_though_workers_are_killed(house):
    key = house.issue_key("--per-minute", "1000000", "--per-month", "1000000")
    loads = [Load(house, key, stream=bool(n % 2)) for n in range(8)]
    for load in loads:
        load.start()

    for _ in range(3):
        time.sleep(1.0)
        os.kill(web_workers(house)[0], signal.SIGKILL)
    time.sleep(1.5)
    for load in loads:
        load.halt.set()
    for load in loads:
        load.join()
    house.drained()

    answered = {request_id for load in loads for request_id in load.answered}
    recorded = {
        row[0]
        for row in house.sql(
            "SELECT request_id FROM audit_callrecord WHERE status = 200"
        )
    }
    assert len(answered) > 100
    assert answered - recorded == set()
    assert "problems" not in house.manage("verify_ledger")
