"""What the demo's department has stored: one JSON line a fact, synced before it is acknowledged, read back at start."""

import hashlib
import json
import logging
import os
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from console.application.ports import Clock

_log = logging.getLogger(__name__)


class AnotherRequest(Exception):
    """A key that belongs to one request came with another."""


@dataclass(slots=True)
class ServiceRequest:
    """One request as the department holds it."""

    request_id: str
    fields: dict[str, str]
    received_at: str
    media: list[str] = field(default_factory=list)
    updates: list[dict[str, Any]] = field(default_factory=list)
    recalled_at: str = ""

    @property
    def is_open(self) -> bool:
        return not self.recalled_at and not any(update["status"] == "closed" for update in self.updates)


class Ledger:
    """Append-only. Safe from any thread."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._clock = clock
        self._folder = folder
        self._file = folder / "requests.jsonl"
        self._lock = threading.Lock()
        self._requests: dict[str, ServiceRequest] = {}
        self._by_key: dict[str, str] = {}
        (folder / "media").mkdir(parents=True, exist_ok=True)
        self._drop_torn_line()
        if self._file.exists():
            for line in self._file.read_text(encoding="utf-8").splitlines():
                self._apply(json.loads(line))

    def all(self) -> list[ServiceRequest]:
        """Return the requests, newest first."""
        with self._lock:
            return list(reversed(self._requests.values()))

    def get(self, request_id: str) -> ServiceRequest | None:
        with self._lock:
            return self._requests.get(request_id)

    def store(self, fields: dict[str, str], key: str) -> ServiceRequest:
        """Store a request; the same key again gives the one stored before.

        Raises:
            AnotherRequest: the key came with other words before.
        """
        with self._lock:
            known = self._by_key.get(key) if key else None
            if known is not None:
                if self._requests[known].fields != fields:
                    raise AnotherRequest(key)
                return self._requests[known]
            request_id = f"{self._clock.now():%Y%m%d}-{len(self._requests) + 1:04d}"
            self._write({"kind": "request", "id": request_id, "key": key, "fields": fields})
            return self._requests[request_id]

    def attach(self, request_id: str, data: bytes, suffix: str) -> str:
        """Keep a picture of a request; the same picture again is kept once."""
        name = f"{hashlib.sha256(data).hexdigest()}{suffix}"
        with self._lock:
            path = self._folder / "media" / name
            if not path.exists():
                draft = path.with_suffix(".draft")
                with open(draft, "wb") as file:
                    file.write(data)
                    file.flush()
                    os.fsync(file.fileno())
                draft.replace(path)
            if name not in self._requests[request_id].media:
                self._write({"kind": "media", "id": request_id, "name": name})
        return name

    def answer(self, request_id: str, says: str, text: str, media: str, *, is_street_clear: bool) -> dict[str, Any]:
        """Note what the department says."""
        with self._lock:
            count = sum(len(request.updates) for request in self._requests.values())
            update = {
                "update_id": f"u{count + 1}",
                "service_request_id": request_id,
                "status": "open" if says == "note" else "closed",
                "says": says,
                "description": text,
                "media": media,
                "street_is_clear": is_street_clear,
                "updated_datetime": self._clock.now().isoformat(),
            }
            self._write({"kind": "update", "id": request_id, "update": update})
            return update

    def recall(self, request_id: str) -> None:
        with self._lock:
            if not self._requests[request_id].recalled_at:
                self._write({"kind": "recall", "id": request_id})

    def media_path(self, name: str) -> Path | None:
        """Return the path of a kept picture, or ``None`` for a name that is none of ours."""
        with self._lock:
            known = any(
                name in request.media or any(update["media"] == name for update in request.updates)
                for request in self._requests.values()
            )
        return self._folder / "media" / name if known else None

    def _drop_torn_line(self) -> None:
        """Cut off a line that a crash left half written: it was never acknowledged."""
        if not self._file.exists():
            return
        raw = self._file.read_bytes()
        whole = raw[: raw.rfind(b"\n") + 1]
        if len(whole) < len(raw):
            _log.warning("the ledger ended in a half-written line of %d bytes; it is dropped", len(raw) - len(whole))
            os.truncate(self._file, len(whole))

    def _write(self, fact: dict[str, Any]) -> None:
        fact["at"] = self._clock.now().isoformat()
        with open(self._file, "a", encoding="utf-8") as file:
            file.write(json.dumps(fact, ensure_ascii=False) + "\n")
            file.flush()
            os.fsync(file.fileno())
        self._apply(fact)

    def _apply(self, fact: dict[str, Any]) -> None:
        request_id = fact["id"]
        match fact["kind"]:
            case "request":
                self._requests[request_id] = ServiceRequest(request_id, fact["fields"], fact["at"])
                if fact["key"]:
                    self._by_key[fact["key"]] = request_id
            case "media":
                self._requests[request_id].media.append(fact["name"])
            case "update":
                self._requests[request_id].updates.append(fact["update"])
            case "recall":
                self._requests[request_id].recalled_at = fact["at"]
