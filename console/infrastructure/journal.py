"""Alarms on their way to the database: written down first, crossed out when the database has them."""

import json
import os
import threading
from pathlib import Path

from console.infrastructure.channel.messages import RuleHit


class Journal:
    """An append-only file of rule hits, each synced to disk before it counts. Safe from any thread.

    A line is a hit, or the id of one that the database holds. A line cut short by a power loss is the last one
    and was never acknowledged; it is left out.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._pending = self._read()
        self._rewrite()

    def keep(self, hit: RuleHit) -> None:
        """Write the hit down; it is safe when this returns."""
        with self._lock:
            if hit.hit_id not in self._pending:
                self._append({"hit": hit.model_dump(mode="json")})
                self._pending[hit.hit_id] = hit

    def cross_out(self, hit_id: str) -> None:
        """The database holds it."""
        with self._lock:
            if self._pending.pop(hit_id, None) is not None:
                self._append({"done": hit_id})
                if not self._pending:
                    self._rewrite()

    def pending(self) -> list[RuleHit]:
        """Return what the database does not hold yet, oldest first."""
        with self._lock:
            return list(self._pending.values())

    def _read(self) -> dict[str, RuleHit]:
        pending: dict[str, RuleHit] = {}
        if not self._path.exists():
            return pending
        for line in self._path.read_bytes().split(b"\n"):
            try:
                entry = json.loads(line)
            except ValueError:
                continue
            if "hit" in entry:
                hit = RuleHit.model_validate(entry["hit"])
                pending[hit.hit_id] = hit
            else:
                pending.pop(entry["done"], None)
        return pending

    def _append(self, entry: dict[str, object]) -> None:
        with open(self._path, "ab") as file:
            file.write(json.dumps(entry, ensure_ascii=False).encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())

    def _rewrite(self) -> None:
        draft = self._path.with_suffix(".draft")
        with open(draft, "wb") as file:
            for hit in self._pending.values():
                file.write(json.dumps({"hit": hit.model_dump(mode="json")}, ensure_ascii=False).encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self._path)
