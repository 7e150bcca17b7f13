"""Logs: one rotating file per role, one JSON object per line, and no credentials in any of them."""

import errno
import json
import logging
import logging.handlers
import os
import re
import sys
import threading
import traceback
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType

_FILE_BYTES = 5_000_000
_FILES_KEPT = 5
_HIDDEN = "***"

# user:password@ of any address. The password may hold anything but a space or a quote; the last @ before the
# path ends it, because people type passwords with @ in them.
_IN_ADDRESS = re.compile(r"(?P<scheme>\b[a-z][a-z0-9+.-]*://)[^\s/'\"<>]*@", re.IGNORECASE)
_NAMED = re.compile(
    r"(?P<name>[\"']?\b(?:pass(?:word|wd)?|pwd|secret|token|api[_-]?key|access[_-]?key|credential|passphrase|"
    r"X-Api-Key|CITYDESK_STATION_KEY)\b[\"']?\s*[:=]\s*)(?:\"[^\"]*\"|'[^']*'|[^\s,;&)}\]]+)",
    re.IGNORECASE,
)
_AUTHORIZATION = re.compile(
    r"(?P<name>\b(?:proxy-)?authorization[\"']?\s*[:=]\s*[\"']?)(?:Basic|Bearer|Digest)[^\r\n\"']*", re.IGNORECASE
)


def without_secrets(text: str, known: Iterable[str] = ()) -> str:
    """Return the text with credentials of addresses, named secrets and the ``known`` ones replaced by ``***``."""
    for secret in known:
        text = text.replace(secret, _HIDDEN)
    text = _IN_ADDRESS.sub(rf"\g<scheme>{_HIDDEN}@", text)
    text = _AUTHORIZATION.sub(rf"\g<name>{_HIDDEN}", text)
    return _NAMED.sub(rf"\g<name>{_HIDDEN}", text)


class LineFormatter(logging.Formatter):
    """Writes a record as one JSON object, cleaned of secrets, also those inside a traceback.

    Safe from any thread. ``hide`` teaches it a secret that no pattern would find (a webhook's path, a password
    just typed); it is kept in memory only.
    """

    def __init__(self, role: str) -> None:
        super().__init__()
        self._role = role
        self._known: set[str] = set()

    def hide(self, secret: str) -> None:
        if len(secret) >= 4:  # shorter ones would blank out ordinary words
            self._known = {*self._known, secret}

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "role": self._role,
            "pid": record.process,
            "where": record.name,
            "said": without_secrets(record.getMessage(), self._known),
        }
        if record.exc_info and record.exc_info[0] is not None:
            line["trace"] = without_secrets("".join(traceback.format_exception(*record.exc_info)), self._known)
        return json.dumps(line, ensure_ascii=False)


class LogFile(logging.handlers.RotatingFileHandler):
    """The file of a role: each line is in it whole or not at all, and a full disk ends nothing.

    Lines that found no room are counted, and their number is the first thing said when there is room again.
    """

    def __init__(self, path: Path, role: str) -> None:
        super().__init__(path, maxBytes=_FILE_BYTES, backupCount=_FILES_KEPT, encoding="utf-8", delay=True)
        self._role = role
        self._lost = 0

    def emit(self, record: logging.LogRecord) -> None:
        """Write a line past the stream's buffer: what is left in a buffer by a full disk comes out torn."""
        try:
            if self.shouldRollover(record):
                self.doRollover()
            if self.stream is None:
                self.stream = self._open()
            if self._lost:
                lost = json.dumps({"role": self._role, "said": f"{self._lost} lines lost: no room"})
                self._append(self.stream.fileno(), lost)
                self._lost = 0
            self._append(self.stream.fileno(), self.format(record))
        except OSError:
            self._lost += 1
        except Exception:  # noqa: BLE001 - a line that cannot be made must not end who wanted to say it
            self.handleError(record)

    def _append(self, handle: int, line: str) -> None:
        whole = line.encode() + b"\n"
        end = os.fstat(handle).st_size
        try:
            written = os.write(handle, whole)
        except OSError:
            written = -1
        if written != len(whole):
            os.ftruncate(handle, end)
            raise OSError(errno.ENOSPC, "no room for a line")


class Logs:
    """The log of one process, from ``begin`` to ``end``. Owned by the role's main."""

    def __init__(self, folder: Path, role: str) -> None:
        self._formatter = LineFormatter(role)
        self._file = LogFile(folder / f"{role}.log", role)
        self._file.setFormatter(self._formatter)

    def hide(self, secret: str) -> None:
        """Never write this text; safe from any thread."""
        self._formatter.hide(secret)

    def begin(self, level: int = logging.INFO) -> None:
        """Take in all records of this process, warnings and crashes included."""
        root = logging.getLogger()
        root.addHandler(self._file)
        root.setLevel(level)
        logging.captureWarnings(True)
        # These say every request or packet; a log line here is a change of state.
        for chatty in ("alembic", "urllib3", "uvicorn.access", "libav", "multipart"):
            logging.getLogger(chatty).setLevel(logging.WARNING)
        sys.excepthook = self._note_crash
        threading.excepthook = self._note_thread_crash

    def end(self) -> None:
        sys.excepthook = sys.__excepthook__
        threading.excepthook = threading.__excepthook__
        logging.captureWarnings(False)
        logging.getLogger().removeHandler(self._file)
        self._file.close()

    def _note_crash(self, kind: type[BaseException], fault: BaseException, trace: TracebackType | None) -> None:
        """Log what ends the process; the terminal gets it cleaned as well."""
        if not issubclass(kind, KeyboardInterrupt):
            logging.getLogger("console").critical("ended by a fault", exc_info=(kind, fault, trace))
        text = "".join(traceback.format_exception(kind, fault, trace))
        print(without_secrets(text), file=sys.stderr)

    def _note_thread_crash(self, facts: threading.ExceptHookArgs) -> None:
        if facts.exc_value is not None and facts.exc_type is not SystemExit:
            logging.getLogger("console").critical(
                "thread %s ended by a fault",
                facts.thread.name if facts.thread else "?",
                exc_info=(facts.exc_type, facts.exc_value, facts.exc_traceback),
            )
