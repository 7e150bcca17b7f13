"""A sensor for tests: sends each reading again until the receipt for it comes, as ours are asked to."""

import json
import threading
from collections.abc import Callable
from datetime import timedelta
from functools import partial

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from tests.application.city import BEGIN

SEND_AGAIN_S = 0.3
SENT_AT_ONCE = 20


class Sender:
    """A sensor with a memory: ``send_all`` returns when every reading has its receipt."""

    def __init__(self, port: int, number: str) -> None:
        self._number = number
        self.receipts: dict[int, list[bool]] = {}
        self.refused: list[str] = []
        self._has_news = threading.Condition()
        self._client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=f"sensor-{number}", protocol=mqtt.MQTTv311)
        self._client.reconnect_delay_set(1, 1)
        self._client.on_connect = self._on_connect
        self._client.on_message = self._on_message
        self._is_subscribed = threading.Event()
        self._client.on_subscribe = lambda *_: self._is_subscribed.set()
        self._client.connect_async("127.0.0.1", port, 5)
        self._client.loop_start()
        assert self._is_subscribed.wait(30)

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def publish(self, payload: bytes, number: str = "") -> None:
        self._client.publish(f"citydesk/readings/{number or self._number}", payload, qos=1)

    def send_all(
        self, values: list[float], within_s: float, meanwhile: Callable[[int], None] = lambda number: None
    ) -> None:
        """Send readings 1, 2, … and each again until its receipt comes; ``meanwhile`` hears the count of receipts.

        Raises:
            TimeoutError: some have no receipt.
        """
        rounds = int(within_s / SEND_AGAIN_S)
        for _ in range(rounds):
            wanting = [number for number in range(1, len(values) + 1) if number not in self.receipts]
            if not wanting:
                return
            for number in wanting[:SENT_AT_ONCE]:
                self.publish(said(number, values[number - 1]))
            with self._has_news:
                self._has_news.wait_for(partial(self.receipts.keys().__ge__, set(wanting[:SENT_AT_ONCE])), SEND_AGAIN_S)
            meanwhile(len(self.receipts))
        raise TimeoutError(f"{len(self.receipts)} of {len(values)} readings have a receipt")

    def wait_receipt(self, sequence: int, within_s: float) -> None:
        with self._has_news:
            assert self._has_news.wait_for(lambda: sequence in self.receipts, within_s)

    def wait_refused(self, count: int, within_s: float) -> None:
        with self._has_news:
            assert self._has_news.wait_for(lambda: len(self.refused) >= count, within_s), len(self.refused)

    def _on_connect(self, client: mqtt.Client, *_: object) -> None:
        client.subscribe([(f"citydesk/receipts/{self._number}", 1), ("citydesk/refused/#", 0)])

    def _on_message(self, _client: mqtt.Client, _data: object, message: mqtt.MQTTMessage) -> None:
        heard = json.loads(message.payload)
        with self._has_news:
            if "because" in heard:
                self.refused.append(heard["because"])
            else:
                self.receipts.setdefault(heard["sequence"], []).append(heard["counted"])
            self._has_news.notify_all()


def said(sequence: int, value: float, boot: int = 1) -> bytes:
    at = (BEGIN + timedelta(seconds=sequence)).isoformat()
    return json.dumps({"boot": boot, "sequence": sequence, "value": value, "at": at}).encode()
