"""A real server killed with signal 9 under HTTP load, again and again.

``python -m tests.faults.kill_campaign 200`` on an embedded store, or with the URL of an empty, migrated server store.
Clients note each change before they send it and each answer once it is whole. After a kill the server is started
again, at random before it was ready; whatever had no answer is sent again with its key. In the end:

* every answer that was given is true: its reservation is in the store, once, and the same key gives the same bytes;
* no key made two reservations, however often it was sent;
* each port, reported on by one client alone, stands at the last report answered, or at the one under way;
* the store finds nothing wrong with itself, and its audit chain verifies.
"""

import json
import random
import sys
import tempfile
import threading
import time
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import httpx

from api.store.integrity import check
from api.store.store import open_store
from tests.faults.real_server import RealServer

PORTS = ("dover", "ramsgate", "calais", "boulogne")
PLACES = 50_000
EARLY = 0.1
"""Share of lives that end before the server is ready."""

RESERVED = 3
"""Reservations answered in each other life before the kill, however slow the machine is."""


class Toll(NamedTuple):
    """What was found.

    Attributes
    ----------
    kills, early : int
        Kills, and how many of them before the server answered.
    acknowledged : int
        Changes with a whole answer.
    unanswered : int
        Changes whose answer a kill took; all were sent again.
    replayed : int
        Of those, how many turned out to have been made.
    faults : tuple of str
    """

    kills: int
    early: int
    acknowledged: int
    unanswered: int
    replayed: int
    faults: tuple[str, ...]


class Change(NamedTuple):
    """One change, ready to be sent any number of times."""

    method: str
    path: str
    key: str
    body: bytes


class Client:
    """A client with its own port; one change at a time, each sent until it has an answer."""

    def __init__(self, number, draw, eta_at):
        self.number, self.draw, self.eta_at = number, draw, eta_at
        self.port = PORTS[number]
        self.answers, self.faults = {}, []
        self.unanswered = self.replayed = 0
        self._sent = 0
        self._places = PLACES
        self.pending = None

    def next_change(self):
        self._sent += 1
        key = f"client-{self.number}-{self._sent}"
        if self._sent % 4 == 1:
            self._places += 1
            return self._change("PUT", f"/v1/ports/{self.port}/capacity", key, {"places": {"total": self._places}})
        body = {"port_id": self.draw.choice(PORTS), "vessel": key, "persons": {"total": 1}, "eta_at": self.eta_at}
        return self._change("POST", "/v1/reservations", key, body)

    @staticmethod
    def _change(method, path, key, body):
        return Change(method, path, key, json.dumps(body).encode())

    def work(self, url, is_over, reserved):
        """Send changes until the server is gone or the campaign over; `reserved` is released at each reservation."""
        with httpx.Client(base_url=url, timeout=60.0) as http:
            while not is_over.is_set():
                again = self.pending is not None
                if not again and self.answers and self.draw.random() < 0.1:
                    # An answer given long ago is still the answer.
                    if self._sent_again(http) is None:
                        return
                    continue
                self.pending = self.pending or self.next_change()
                answer = self._send(http, self.pending)
                if answer is None:
                    self.unanswered += 1
                    return
                if answer.status_code == 503:
                    time.sleep(0.02)
                    continue
                if answer.status_code == 409 and self.pending.method == "POST":
                    # No port has reported its places yet.
                    self.pending = None
                    continue
                if answer.status_code not in (200, 201):
                    self.faults.append(f"{self.pending.key}: {answer.status_code} {answer.text[:200]}")
                    self.pending = None
                    continue
                self.replayed += again and answer.headers.get("idempotency-replayed") == "true"
                self.answers[self.pending] = answer.content
                if self.pending.method == "POST":
                    reserved.release()
                self.pending = None

    def _sent_again(self, http):
        change = self.draw.choice(list(self.answers))
        answer = self._send(http, change)
        if answer is not None and answer.status_code != 503 and answer.content != self.answers[change]:
            self.faults.append(f"{change.key}: answered {answer.content[:100]} and before {self.answers[change][:100]}")
        return answer

    @staticmethod
    def _send(http, change):
        headers = {"Content-Type": "application/json", "Idempotency-Key": change.key}
        try:
            answer = http.request(change.method, change.path, content=change.body, headers=headers)
            # A body that was cut short is no answer.
            answer.json()
        except (httpx.TransportError, ValueError):
            return None
        return answer

    def last_places(self):
        """Places of the last report answered, and of the one under way, if any."""
        told = [json.loads(change.body)["places"]["total"] for change in self.answers if change.method == "PUT"]
        under_way = self.pending is not None and self.pending.method == "PUT"
        return max(told, default=None), json.loads(self.pending.body)["places"]["total"] if under_way else None


def run(kills, url, seed=1):
    """Kill servers on a store, and look at what is left."""
    draw = random.Random(seed)  # noqa: S311 - a campaign that can be run again
    eta_at = (datetime.now(UTC) + timedelta(hours=40)).strftime("%Y-%m-%dT%H:%M:%SZ")
    clients = [Client(number, random.Random(f"{seed}-{number}"), eta_at) for number in range(len(PORTS))]  # noqa: S311
    faults, early = [], 0
    for _ in range(kills):
        early += _one_life(url, clients, draw, faults)
    with RealServer(url, warm=False) as server:
        server.wait_ready()
        faults += _places_that_are_wrong(server.url, clients)
        _settle(server.url, clients)
        server.terminate()
        server.wait()
    faults += [fault for client in clients for fault in client.faults]
    with open_store(url) as store:
        faults += _what_the_store_lacks(store, clients)
        faults += check(store.database).problems
        verified = store.verify()
        if verified.bad is not None:
            faults.append(f"the audit chain is broken at {verified.bad}")
    return Toll(
        kills, early, sum(len(client.answers) for client in clients), sum(client.unanswered for client in clients),
        sum(client.replayed for client in clients), tuple(faults),
    )  # fmt: skip


def _one_life(url, clients, draw, faults):
    """Start, load, kill; whether that was before anything was answered."""
    is_early, after_s = draw.random() < EARLY, draw.uniform(0.0, 0.4)
    with RealServer(url, warm=False, drain_s=0.0) as server:
        if is_early:
            time.sleep(2.0 * after_s)
            server.kill()
            server.wait()
            return 1
        server.wait_ready()
        faults += _places_that_are_wrong(server.url, clients)
        is_over, reserved = threading.Event(), threading.Semaphore(0)
        threads = [threading.Thread(target=client.work, args=(server.url, is_over, reserved)) for client in clients]
        for thread in threads:
            thread.start()
        if not all(reserved.acquire(timeout=60) for _ in range(RESERVED)):
            faults.append("too little was answered in a minute")
        time.sleep(after_s)
        server.kill()
        server.wait()
        is_over.set()
        for thread in threads:
            thread.join()
    return 0


def _places_that_are_wrong(url, clients):
    """Ports that stand at neither the last report answered nor the one under way."""
    with httpx.Client(base_url=url, timeout=60.0) as http:
        for client in clients:
            told, under_way = client.last_places()
            if told is None:
                continue
            stands = http.get(f"/v1/ports/{client.port}/live").json()["capacity"]["places"]["total"]
            if stands not in (told, under_way):
                yield f"{client.port} stands at {stands}, answered {told}, under way {under_way}"


def _settle(url, clients):
    """Send everything once more whose answer a kill took."""
    for client in clients:
        is_over = threading.Event()
        if client.pending is None:
            continue
        with httpx.Client(base_url=url, timeout=60.0) as http:
            answer = client._send(http, client.pending)
            client.replayed += answer.headers.get("idempotency-replayed") == "true"
            if answer.status_code in (200, 201):
                client.answers[client.pending] = answer.content
                client.pending = None
        is_over.set()


def _what_the_store_lacks(store, clients):
    kept = store.database.read(lambda tx: tx.rows("SELECT vessel, COUNT(*), MIN(id) FROM reservation GROUP BY vessel"))
    by_key = {str(vessel): (int(count), str(item)) for vessel, count, item in kept}
    for key, (count, _) in by_key.items():
        if count > 1:
            yield f"{key} made {count} reservations"
    for client in clients:
        for change, answer in client.answers.items():
            if change.method == "POST":
                reservation_id = json.loads(answer)["reservation"]["reservation_id"]
                if by_key.get(change.key) != (1, reservation_id):
                    yield f"{change.key} was answered {reservation_id}, the store has {by_key.get(change.key)}"


def main():
    with tempfile.TemporaryDirectory() as folder:
        url = sys.argv[2] if len(sys.argv) > 2 else f"sqlite:{folder}/store.db"
        begun = time.perf_counter()
        toll = run(int(sys.argv[1]), url)
        print(toll._replace(faults=toll.faults[:5]), f"{time.perf_counter() - begun:.0f} s")  # noqa: T201
        if toll.faults:
            raise SystemExit(f"{len(toll.faults)} faults")


if __name__ == "__main__":
    main()
