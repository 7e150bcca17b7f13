"""From the outbox to a unit's system: address from the directory, key from the vault, pictures from the store."""

import logging
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from console.application.dispatch import Answer, DeliveryRefused
from console.application.errors import Unavailable
from console.application.ports import Clock, Vault
from console.domain.evidence import EvidenceItem, EvidenceKind
from console.domain.ids import CaseId
from console.domain.routing import Unit
from console.infrastructure.evidence_store import EvidenceStore
from console.infrastructure.gateways.open311 import Open311, Update

_log = logging.getLogger(__name__)


class UnitGateways:
    """Keeps one connection a unit. Used from the relay's thread."""

    def __init__(self, vault: Vault, store: EvidenceStore, clock: Clock) -> None:
        self._vault = vault
        self._store = store
        self._clock = clock
        self._known: dict[tuple[str, str], UnitSystem] = {}

    def to(self, unit: Unit) -> "UnitSystem":
        """Return the gateway of a unit."""
        place = (unit.unit_id, unit.address)
        if place not in self._known:
            key = self._vault.get(unit.credentials_name) if unit.credentials_name else ""
            self._known[place] = UnitSystem(Open311(unit.address, key or ""), self._store, self._clock)
        return self._known[place]


class UnitSystem:
    """Keeps the promises of ``dispatch.UnitGateway`` over GeoReport v2."""

    def __init__(self, server: Open311, store: EvidenceStore, clock: Clock) -> None:
        self._server = server
        self._store = store
        self._clock = clock
        self._photos: dict[str, EvidenceItem] = {}

    def submit(self, body: dict[str, Any], idempotency_key: str) -> str:
        """Hand over the case, then its stills. A repeat after a crash in between stores nothing twice."""
        receipt = self._server.submit(body, idempotency_key)
        for place in body.get("stills", ())[:1]:
            try:
                self._server.attach(receipt, self._store.absolute(str(place)).read_bytes())
            except OSError as cause:
                _log.error("still %s of case %s cannot be read: %s", place, body["case_number"], cause.strerror)
            except DeliveryRefused as cause:
                _log.warning("case %s was taken without its still: %s", body["case_number"], cause)
        return receipt

    def recall(self, receipt: str, idempotency_key: str) -> None:
        self._server.recall(receipt, idempotency_key)

    def answers(self, since: datetime | None) -> Sequence[Answer]:
        """Return what the unit said, photos fetched and sealed."""
        return [self._answer(update) for update in self._server.updates(since)]

    def _answer(self, update: Update) -> Answer:
        photos = (self._photo(update),) if update.media_url else ()
        return Answer(
            answer_id=update.update_id,
            receipt=update.receipt,
            says=update.says,
            text=update.text,
            at=update.at,
            photos=photos,
        )

    def _photo(self, update: Update) -> EvidenceItem:
        """Fetch a photo once; the same update asked for again gives the same item."""
        known = self._photos.get(update.update_id)
        if known is not None:
            return known
        data = self._server.picture(update.media_url)
        name, path = self._store.reserve(".jpg")
        try:
            Path(path).write_bytes(data)
        except OSError as cause:
            raise Unavailable("The unit's photo cannot be kept: {reason}.", reason=cause.strerror or "") from cause
        sealed = self._store.seal_new(name, path)
        item = EvidenceItem(
            evidence_id=name,
            kind=EvidenceKind.PHOTO,
            subject_id=CaseId(""),
            path=sealed.path,
            sha256=sealed.sha256,
            size_bytes=sealed.size_bytes,
            begins_at=update.at,
            remark=update.text,
            made_by=update.receipt,
        )
        self._photos[update.update_id] = item
        return item
