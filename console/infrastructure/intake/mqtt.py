"""Takes in sensors' readings by MQTT: kept first, then a receipt, then the broker may forget.

A sensor sends its reading to ``PREFIX/readings/NUMBER`` and sends it again until ``PREFIX/receipts/NUMBER`` says it was
kept: a broker that is killed loses what lay in its hands (PEERS), a sensor that waits for our receipt loses nothing.
What is no reading is answered at ``PREFIX/refused/NUMBER``.
"""

import json
import logging
import queue
import ssl
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from console.application.errors import Unavailable
from console.application.ports import Clock
from console.application.sensor_desk import Receipt
from console.domain.errors import DomainError
from console.domain.sensors import Reading
from console.infrastructure.intake.payloads import PayloadRefused, reading_in

_log = logging.getLogger(__name__)

MOST_WAITING = 2000  # messages not kept yet; the broker holds the rest, or the sensor sends again
MOST_AT_ONCE = 200
CONNECT_EVERY_S = (1, 30)
KEEP_ALIVE_S = 20
TRY_AGAIN_S = 1.0  # while the records are away
STUCK_AFTER_S = 30.0
COMPLAIN_EVERY_S = 60.0

Take = Callable[[Sequence[tuple[str, Reading]]], Sequence[Receipt | None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Broker:
    """Where the broker is. ``password`` never leaves this process."""

    host: str
    port: int
    prefix: str
    client_id: str
    ca_file: str = ""
    user: str = ""
    password: str = ""


class Ears:
    """A connection to the broker with a thread of its own for the records. ``open`` and ``close`` once each."""

    def __init__(self, broker: Broker, take: Take, clock: Clock) -> None:
        self._broker = broker
        self._take = take
        self._clock = clock
        self._waiting: queue.Queue[mqtt.MQTTMessage | None] = queue.Queue(MOST_WAITING)
        self._is_over = threading.Event()
        self._worked_s = clock.monotonic_s()
        self._complained_s = -COMPLAIN_EVERY_S
        self._refused = 0
        self._topic = f"{broker.prefix}/readings/"
        # A session the broker keeps: what comes while this process starts again waits there.
        self._client = mqtt.Client(
            CallbackAPIVersion.VERSION2,
            client_id=broker.client_id,
            clean_session=False,
            protocol=mqtt.MQTTv311,
            manual_ack=True,
            reconnect_on_failure=True,
        )
        self._client.reconnect_delay_set(*CONNECT_EVERY_S)
        if broker.user:
            self._client.username_pw_set(broker.user, broker.password)
        if broker.ca_file:
            self._client.tls_set(ca_certs=broker.ca_file, tls_version=ssl.PROTOCOL_TLS_CLIENT)
        self._client.on_connect = self._on_connect
        self._client.on_disconnect = self._on_disconnect
        self._client.on_message = self._on_message
        self._worker = threading.Thread(target=self._work, name="intake-ears")

    @property
    def is_well(self) -> bool:
        return self._clock.monotonic_s() - self._worked_s < STUCK_AFTER_S

    def open(self) -> None:
        self._worker.start()
        self._client.connect_async(self._broker.host, self._broker.port, KEEP_ALIVE_S)
        self._client.loop_start()

    def close(self) -> None:
        self._is_over.set()
        self._client.disconnect()
        self._client.loop_stop()
        self._worker.join()

    def _on_connect(self, client: mqtt.Client, _data: object, _flags: object, reason: object, _more: object) -> None:
        if getattr(reason, "is_failure", False):
            _log.error("the broker at port %d refuses: %s", self._broker.port, reason)
            return
        client.subscribe(f"{self._topic}+", qos=1)
        _log.info("readings are taken from the broker at port %d", self._broker.port)

    def _on_disconnect(
        self, _client: mqtt.Client, _data: object, _flags: object, reason: object, _more: object
    ) -> None:
        if not self._is_over.is_set():
            _log.warning("the broker at port %d is away: %s", self._broker.port, reason)

    def _on_message(self, _client: mqtt.Client, _data: object, message: mqtt.MQTTMessage) -> None:
        try:
            self._waiting.put_nowait(message)
        except queue.Full:
            self._complain("too many readings wait; their sensors will send them again")

    def _work(self) -> None:
        while not self._is_over.is_set():
            self._worked_s = self._clock.monotonic_s()
            try:
                batch = [self._waiting.get(timeout=TRY_AGAIN_S)]
            except queue.Empty:
                continue
            while len(batch) < MOST_AT_ONCE:
                try:
                    batch.append(self._waiting.get_nowait())
                except queue.Empty:
                    break
            self._keep([message for message in batch if message is not None])

    def _keep(self, messages: Sequence[mqtt.MQTTMessage]) -> None:
        readings: list[tuple[str, Reading]] = []
        for message in messages:
            number = message.topic.removeprefix(self._topic)
            try:
                readings.append((number, reading_in(bytes(message.payload))))
            except PayloadRefused as cause:
                self._refuse(number, str(cause))
        receipts = self._kept(readings)
        if receipts is None:
            return  # it ends: no receipt, no acknowledgement; all of it comes again
        for (number, reading), receipt in zip(readings, receipts, strict=True):
            if receipt is None:
                self._refuse(number, "nobody registered this sensor")
                continue
            said = {"boot": reading.boot, "sequence": reading.sequence, "counted": receipt.counted}
            self._client.publish(f"{self._broker.prefix}/receipts/{number}", json.dumps(said), qos=1)
        for message in messages:
            self._client.ack(message.mid, message.qos)

    def _kept(self, readings: Sequence[tuple[str, Reading]]) -> Sequence[Receipt | None] | None:
        """Keep readings, however long the records are away; ``None`` when it ends before."""
        while not self._is_over.is_set():
            self._worked_s = self._clock.monotonic_s()
            try:
                return self._take(readings) if readings else ()
            except Unavailable as cause:
                self._complain(f"readings wait for the records: {cause}")
                self._is_over.wait(TRY_AGAIN_S)
            except DomainError as cause:
                _log.error("%d readings cannot be kept: %s", len(readings), cause)
                return [None] * len(readings)
        return None

    def _refuse(self, number: str, because: str) -> None:
        self._refused += 1
        self._complain(f"{self._refused} messages were no readings; the last one: {because}")
        self._client.publish(f"{self._broker.prefix}/refused/{number}", json.dumps({"because": because}), qos=0)

    def _complain(self, words: str) -> None:
        now_s = self._clock.monotonic_s()
        if now_s - self._complained_s >= COMPLAIN_EVERY_S:
            self._complained_s = now_s
            _log.warning("%s", words)
