"""Alarms on their way to the database: written down first, crossed out when the database has them."""

import json
import logging
import threading
from pathlib import Path

from console.application.errors import Unavailable
from console.infrastructure.channel.messages import RuleHit
from console.infrastructure.lasting import append_line, write_whole

_log = logging.getLogger(__name__)

SET_ASIDE = ".unreadable"


class Journal:
    """An append-only file of rule hits, each synced to disk before it counts. Safe from any thread.

    A line is a hit, or the id of one that the database holds. A line cut short by a power loss is the last one
    and was never acknowledged; it is left out. A whole line that cannot be understood is set aside in a file beside,
    for a person to look at; it hides no other.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._pending: dict[str, RuleHit] = {}
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
            Unavailable: the disk failed. The hit is pending, but only until this process ends.
        """
        with self._lock:
            if hit.hit_id in self._pending:
                return
            self._pending[hit.hit_id] = hit
            try:
                append_line(self._path, _line_of(hit))
            except OSError as cause:
                raise Unavailable("The journal cannot be written: {reason}.", reason=cause.strerror or "") from cause

    def cross_out(self, hit_id: str) -> None:
        """The database holds it."""
        with self._lock:
            if self._pending.pop(hit_id, None) is None:
                return
            try:
                append_line(self._path, json.dumps({"done": hit_id}).encode())
                if not self._pending:
                    self._rewrite()
            except OSError as cause:
                # It will come once more after the next start, and the database knows its id.
                _log.warning("hit %s cannot be crossed out: %s", hit_id, cause.strerror)

    def pending(self) -> list[RuleHit]:
        """Return what the database does not hold yet, oldest first."""
        with self._lock:
            return list(self._pending.values())

    def _read(self) -> list[bytes]:
        """Fill in what is pending; return the whole lines that cannot be understood."""
        if not self._path.exists():
            return []
        damaged = []
        *whole, torn = self._path.read_bytes().split(b"\n")
        for line in whole:
            entry = _entry_of(line)
            if isinstance(entry, RuleHit):
                self._pending[entry.hit_id] = entry
            elif entry is not None:
                self._pending.pop(entry, None)
            elif line:
                damaged.append(line)
        # Without its line end nobody was told that it is kept; but if it is all there, there is no reason to lose it.
        last = _entry_of(torn)
        if isinstance(last, RuleHit):
            self._pending[last.hit_id] = last
        if damaged:
            _log.error("%d lines of the journal cannot be read; they are set aside", len(damaged))
        return damaged

    def _rewrite(self) -> None:
        write_whole(self._path, b"".join(_line_of(hit) + b"\n" for hit in self._pending.values()))


def _line_of(hit: RuleHit) -> bytes:
    return json.dumps({"hit": hit.model_dump(mode="json")}, ensure_ascii=False).encode()


def _entry_of(line: bytes) -> RuleHit | str | None:
    """Return a hit, the id of one that is done, or ``None`` for what is neither."""
    try:
        said = json.loads(line)
        if "hit" in said:
            return RuleHit.model_validate(said["hit"])
        done = said["done"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return done if isinstance(done, str) else None
