"""From the outbox to a unit's system: address from the directory, key from the vault, pictures from the store."""

import logging
import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from console.application.dispatch import Answer, DeliveryRefused
from console.application.errors import Unavailable
from console.application.ports import Vault
from console.domain.evidence import EvidenceItem, EvidenceKind
from console.domain.ids import CaseId, EvidenceId, UnitId
from console.domain.routing import Unit
from console.infrastructure.evidence_store import EvidenceStore
from console.infrastructure.gateways.open311 import Open311, PictureRefused, Update, suffix_of

_log = logging.getLogger(__name__)

PHOTO_TRIES = 10  # at one look every 2 s: a server that restarts is back by then; judgement
_PHOTOS = uuid.UUID("6f0f2f0e-54a5-4c52-9d6f-1f4a64a3f4d1")


class UnitGateways:
    """Keeps one connection a unit. Used from one thread of the relay."""

    def __init__(self, vault: Vault, store: EvidenceStore) -> None:
        self._vault = vault
        self._store = store
        self._known: dict[tuple[str, str], UnitSystem] = {}

    def to(self, unit: Unit) -> "UnitSystem":
        """Return the gateway of a unit.

        Raises:
            Unavailable: its key is not in the vault. An empty key is never tried: the far end would refuse for good.
        """
        place = (unit.unit_id, unit.address)
        if place not in self._known:
            key = self._vault.get(unit.credentials_name) if unit.credentials_name else ""
            if key is None:
                raise Unavailable("The key of unit {unit} is not in the vault.", unit=unit.unit_id)
            self._known[place] = UnitSystem(unit.unit_id, Open311(unit.address, key or ""), self._store)
        return self._known[place]


class UnitSystem:
    """Keeps the promises of ``dispatch.UnitGateway`` over GeoReport v2. Used from one thread of the relay."""

    def __init__(self, unit_id: UnitId, server: Open311, store: EvidenceStore) -> None:
        self._unit_id = unit_id
        self._server = server
        self._store = store
        self._tries: dict[str, int] = {}

    def submit(self, body: dict[str, Any], idempotency_key: str) -> str:
        """Hand over the case, then its stills. A repeat after a crash in between stores nothing twice."""
        receipt = self._server.submit(body, idempotency_key)
        for place in body.get("stills", ()):
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
        """Return what the unit said, oldest first, photos fetched and sealed.

        Ends before an answer whose photo cannot be fetched just now; the next call goes on from there. A photo that
        is refused, or fails PHOTO_TRIES times, is left out: what the unit said matters more than its picture.
        """
        answers = []
        for update in self._server.updates(since):
            try:
                photos = self._photos(update)
            except Unavailable as cause:
                tries = self._tries.get(update.update_id, 0) + 1
                self._tries[update.update_id] = tries
                if tries < PHOTO_TRIES and not isinstance(cause, PictureRefused):
                    _log.info("answer %s of unit %s waits for its photo: %s", update.update_id, self._unit_id, cause)
                    break
                if tries <= PHOTO_TRIES:
                    _log.warning("answer %s of unit %s has no photo: %s", update.update_id, self._unit_id, cause)
                    self._tries[update.update_id] = PHOTO_TRIES
                photos = ()
            answers.append(
                Answer(
                    answer_id=update.update_id,
                    receipt=update.receipt,
                    says=update.says,
                    text=update.text,
                    at=update.at,
                    photos=photos,
                )
            )
        return answers

    def _photos(self, update: Update) -> tuple[EvidenceItem, ...]:
        """Fetch and seal a photo once.

        Its name follows from the unit and the update, so the same answer asked for again, even by the next station,
        finds the file that lies there and fetches nothing.
        """
        if not update.media_url:
            return ()
        name = EvidenceId(uuid.uuid5(_PHOTOS, f"{self._unit_id}/{update.update_id}").hex)
        sealed = self._store.find(name, update.at)
        if sealed is None:
            data = self._server.picture(update.media_url)
            sealed = self._store.keep(name, update.at, suffix_of(data), data)
        return (
            EvidenceItem(
                evidence_id=name,
                kind=EvidenceKind.PHOTO,
                subject_id=CaseId(""),
                path=sealed.path,
                sha256=sealed.sha256,
                size_bytes=sealed.size_bytes,
                begins_at=update.at,
                remark=update.text,
                made_by=update.receipt,
            ),
        )
