"""`python-socketio`, unmodified."""

import socketio

from line import obey, sign_in, told


class Client:
    def connect(self, url, auth, transports=None, space="/", headers={}, query=""):
        self.space = space
        self.line = socketio.Client(reconnection_delay=0.2, reconnection_delay_max=1)
        self.line.on("*", lambda event, *data: told(event=event, data=data[0] if data else {}), namespace=space)
        self.line.on("disconnect", lambda reason: told(event="disconnect", data={"reason": reason}), namespace=space)
        refused = []
        self.line.on("connect_error", lambda why=None: refused.append(why), namespace=space)
        try:
            self.line.connect(
                f"{url}{query}", headers=headers, auth=auth, transports=transports, namespaces=[space], retry=False
            )
        except socketio.exceptions.ConnectionError as problem:
            raise ConnectionRefusedError(f"{refused} {problem}") from problem
        return self.line.transport()

    def emit(self, event, data={}):
        return self.line.call(event, data, namespace=self.space, timeout=10)

    def publish(self, event, data={}):
        self.line.emit(event, data, namespace=self.space)

    def transport(self):
        return self.line.transport()

    def close(self):
        self.line.disconnect()


client = Client()
deeds = ["connect", "emit", "publish", "transport", "close"]
obey({"sign_in": sign_in, **{name: getattr(client, name) for name in deeds}})
