"""`stomp.py`, unmodified, on a WebSocket."""

import json
import threading
from urllib.parse import urlsplit

import stomp

from line import obey, sign_in, told


class Ear(stomp.ConnectionListener):
    """Says everything that comes, and knows which receipts did."""

    def __init__(self):
        self.changed = threading.Condition()
        self.receipts = {}
        self.refused = None
        self.connected = None

    def note(self, what):
        with self.changed:
            what()
            self.changed.notify_all()

    def until(self, known, what):
        with self.changed:
            if not self.changed.wait_for(lambda: known() or self.refused, timeout=15):
                raise TimeoutError(f"{what} did not come")
        if not known():
            raise ConnectionRefusedError(self.refused)
        return known()

    def on_connected(self, frame):
        self.note(lambda: setattr(self, "connected", dict(frame.headers)))

    def on_receipt(self, frame):
        self.note(lambda: self.receipts.update({frame.headers["receipt-id"]: dict(frame.headers)}))

    def on_message(self, frame):
        told(command="MESSAGE", headers=dict(frame.headers), body=json.loads(frame.body))

    def on_error(self, frame):
        self.note(lambda: setattr(self, "refused", frame.headers.get("message", "ERROR")))
        told(command="ERROR", headers=dict(frame.headers), body=json.loads(frame.body))

    def on_disconnected(self):
        told(command="DISCONNECTED", headers={}, body={})


class Client:
    def __init__(self):
        self.receipt = 0

    def connect(self, url, token):
        house = urlsplit(url)
        self.ear = Ear()
        self.line = stomp.WSStompConnection(
            [(house.hostname, house.port)], ws_path="/stomp", heartbeats=(25000, 10000), reconnect_attempts_max=1
        )
        self.line.set_listener("ear", self.ear)
        self.line.connect(headers={"Authorization": f"Bearer {token}"})
        return self.ear.until(lambda: self.ear.connected, "CONNECTED")

    def awaited(self, headers):
        self.receipt += 1
        return {**headers, "receipt": f"r-{self.receipt}"}

    def received(self, headers):
        return self.ear.until(lambda: self.ear.receipts.get(headers["receipt"]), "a RECEIPT")

    def subscribe(self, destination, ack="auto", headers={}):
        headers = self.awaited(headers)
        self.line.subscribe(destination, id=destination, ack=ack, headers=headers)
        return self.received(headers)

    def send(self, destination, body, headers={}):
        headers = self.awaited(headers)
        self.publish(destination, body, headers)
        return self.received(headers)

    def publish(self, destination, body, headers={}):
        self.line.send(destination, json.dumps(body), headers=headers)

    def transaction(self, sends, ends):
        name = self.line.begin()
        for destination, body in sends:
            self.publish(destination, body, {"transaction": name})
        if ends == "abort":
            return self.line.abort(name)
        if ends == "dare":
            return self.line.commit(name)
        headers = self.awaited({})
        self.line.commit(name, headers=headers)
        return self.received(headers)

    def refuse(self, id):
        self.line.nack(id)

    def accept(self, id):
        self.line.ack(id)

    def close(self):
        self.line.disconnect()


client = Client()
deeds = ["connect", "subscribe", "send", "publish", "transaction", "refuse", "accept", "close"]
obey({"sign_in": sign_in, **{name: getattr(client, name) for name in deeds}})
