"""Alarms on their way to the database, and the evidence they still lack: written down first, crossed out when kept."""

import json
import logging
import threading
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from console.application.errors import Unavailable
from console.infrastructure.channel.messages import RuleHit
from console.infrastructure.lasting import append_line, write_whole

_log = logging.getLogger(__name__)

SET_ASIDE = ".unreadable"


class Wanted(BaseModel):
    """A clip or still that an alarm still lacks.

    Attributes:
        alarm_id: empty while the database, which names alarms, is away.
        from_media_s, to_media_s: what it shall show, by the media time of the hit's stream; equal for a still.
        path: where its worker writes it before it is sealed.
        wanted_at: when it was asked for first, our clock; also the day of its place in the store.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    evidence_id: str
    alarm_id: str
    kind: Literal["clip", "still"]
    remark: str
    hit: RuleHit
    from_media_s: float
    to_media_s: float
    path: str
    wanted_at: datetime


class Journal:
    """An append-only file of rule hits and wanted evidence, each line synced to disk. Safe from any thread.

    A line is a hit, or the id of one that the database holds together with the evidence it still lacks, or such an
    item, or the id of one that is kept or given up. A line cut short by a power loss is the last one and was never
    acknowledged; it is left out. A whole line that cannot be understood is set aside in a file beside, for a person to
    look at; it hides no other. What the disk refuses is held in memory, and written as soon as the disk takes it.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._pending: dict[str, RuleHit] = {}
        self._wanted: dict[str, Wanted] = {}
        self._is_behind = False
        damaged = self._read()
        try:
            for line in damaged:
                append_line(path.with_name(path.name + SET_ASIDE), line)
            self._rewrite()
        except OSError as cause:  # a full disk, for one; the journal stays as it was found, and is gone on with
            _log.error("the journal cannot be tidied: %s", cause.strerror)

    def keep(self, hit: RuleHit) -> None:
        """Write the hit down; it is safe when this returns.

        Raises:
            Unavailable: the disk failed. The hit is pending, but until the disk takes it only in memory.
        """
        with self._lock:
            if hit.hit_id in self._pending:
                return
            self._pending[hit.hit_id] = hit
            try:
                self._write({"hit": hit.model_dump(mode="json")})
            except OSError as cause:
                raise Unavailable("The journal cannot be written: {reason}.", reason=cause.strerror or "") from cause

    def cross_out(self, hit_id: str, wanted: Sequence[Wanted] = ()) -> None:
        """The database holds the hit; what it still lacks is wanted from now on. Both in one line, or neither."""
        with self._lock:
            if self._pending.pop(hit_id, None) is None:
                return
            self._wanted |= {item.evidence_id: item for item in wanted}
            entry: dict[str, Any] = {"done": hit_id}
            if wanted:
                entry["wanted"] = [item.model_dump(mode="json") for item in wanted]
            # If the disk refuses, it comes once more after the next start, and the database knows its id.
            self._write_later(entry)

    def want(self, wanted: Sequence[Wanted]) -> None:
        """Write down what a hit will lack that the database does not hold yet."""
        with self._lock:
            for item in wanted:
                self._wanted[item.evidence_id] = item
                self._write_later({"want": item.model_dump(mode="json")})

    def settle(self, evidence_id: str) -> None:
        """A wanted item is kept, or given up for good."""
        with self._lock:
            if self._wanted.pop(evidence_id, None) is not None:
                self._write_later({"settled": evidence_id})

    def pending(self) -> list[RuleHit]:
        """Return what the database does not hold yet, oldest first."""
        with self._lock:
            return list(self._pending.values())

    def wanted(self) -> list[Wanted]:
        """Return the evidence that alarms still lack, oldest first."""
        with self._lock:
            return list(self._wanted.values())

    def catch_up(self) -> None:
        """Write down what the disk refused before. Called now and then."""
        with self._lock:
            if self._is_behind:
                self._write_later({})

    def _read(self) -> list[bytes]:
        """Fill in what is pending and wanted; return the whole lines that cannot be understood."""
        if not self._path.exists():
            return []
        *whole, torn = self._path.read_bytes().split(b"\n")
        damaged = [line for line in whole if line and not self._understand(line)]
        # Without its line end nobody was told that it is kept; but if it is all there, there is no reason to lose it.
        self._understand(torn)
        if damaged:
            _log.error("%d lines of the journal cannot be read; they are set aside", len(damaged))
        return damaged

    def _understand(self, line: bytes) -> bool:
        """Take one line in, or nothing of it; false if it is none of ours."""
        try:
            said = json.loads(line)
            if "hit" in said:
                hit = RuleHit.model_validate(said["hit"])
                self._pending[hit.hit_id] = hit
            elif "want" in said:
                item = Wanted.model_validate(said["want"])
                self._wanted[item.evidence_id] = item
            elif "settled" in said:
                self._wanted.pop(str(said["settled"]), None)
            else:
                items = [Wanted.model_validate(item) for item in said.get("wanted", ())]
                if not isinstance(said["done"], str):
                    return False
                self._pending.pop(said["done"], None)
                self._wanted |= {item.evidence_id: item for item in items}
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return False
        return True

    def _write_later(self, entry: dict[str, Any]) -> None:
        try:
            self._write(entry)
        except OSError as cause:
            _log.warning("the journal is held in memory: %s", cause.strerror)

    def _write(self, entry: dict[str, Any]) -> None:
        """Add a line; when the disk refused one before, or nothing is left, write the whole anew.

        Raises:
            OSError: the disk failed.
        """
        was_behind, self._is_behind = self._is_behind, True
        if was_behind or not (self._pending or self._wanted):
            self._rewrite()
        else:
            append_line(self._path, _line(entry))
        self._is_behind = False

    def _rewrite(self) -> None:
        lines = [_line({"hit": hit.model_dump(mode="json")}) for hit in self._pending.values()]
        lines += [_line({"want": item.model_dump(mode="json")}) for item in self._wanted.values()]
        write_whole(self._path, b"".join(line + b"\n" for line in lines))


def _line(entry: dict[str, Any]) -> bytes:
    return json.dumps(entry, ensure_ascii=False).encode()
