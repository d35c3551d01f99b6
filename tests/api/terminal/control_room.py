"""The real service with a real store, called as a courier calls it, without a socket."""

import asyncio
import threading

import httpx
import orjson

from api.http import create_app
from api.store.store import open_for_service
from api.terminal.link.centre import Reply


class ControlRoom:
    """The real service with a real store, on an event loop of its own; called like a carrier."""

    def __init__(self, service, url):
        self.url, self.store = url, open_for_service(url)
        self.app = create_app(service, store=self.store)
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()

    def call(self, method, path, body=None):
        async def once():
            transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
                return await client.request(method, path, json=body)

        answered = asyncio.run_coroutine_threadsafe(once(), self.loop).result(30)
        return Reply(answered.status_code, answered.json())

    def send(self, message):
        return self.call("POST", "/v1/terminals/messages", message._asdict())

    def standing(self, encounter_id):
        return self.call("GET", f"/v1/encounters/{encounter_id}/standing")

    def port_changes(self, since, after):
        return self.call("GET", f"/v1/terminals/ports?since={since}&after={after}")

    def zone_changes(self, since, after):
        return self.call("GET", f"/v1/terminals/zones?since={since}&after={after}")

    def forecast_piece(self, lon, lat, since, offset):
        return self.call("GET", f"/v1/terminals/forecast?lon={lon}&lat={lat}&since={since}&offset={offset}")

    def look(self):
        return self.call("GET", "/healthz")

    def heard(self, terminal, after=0):
        """Numbers and bodies of what the control room was told of a terminal after an event, in order."""
        found = []
        while page := self.store.events(after):
            after = page[-1].sequence
            found += [event for event in page if event.kind == "terminal.message" and event.subject == terminal]
        bodies = [orjson.loads(event.body) for event in found]
        return [(body["number"], body["body"]) for body in bodies]

    def close(self):
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(10)
        self.loop.close()
        self.app.state.plan_pool.close()
        self.store.close()
