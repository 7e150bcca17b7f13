"""The retrieval register as a file: CSV that a spreadsheet opens, and beside it what proves that it is unchanged."""

import base64
import csv
import hashlib
import json
import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from console.application.audit_desk import BREAK_WORDS, Register, values_of
from console.application.errors import Unavailable
from console.application.read_models import RegisterRow
from console.infrastructure.signing import Signer, fingerprint

# What a retrieval register names (国务院令 799): who, when, which picture of when, why. Both languages in one head:
# the file goes to people and to programs.
HEAD = (
    "序号 line", "时间 time", "人员 who", "席位 seat", "操作 act", "摄像头编号 camera", "摄像头名称 camera name",
    "画面起 from", "画面止 to", "事由 reason", "案件 case", "对象 subject", "详情 detail", "摘要 SHA-256",
)  # fmt: skip
SIGNED_SUFFIX = ".signed.json"
FORMAT = "citydesk-register/1"
_FORMULAS = ("=", "+", "-", "@", "\t", "\r")


class RegisterFiles:
    """Writes registers. Safe from any thread."""

    def __init__(self, signer: Signer, zone: ZoneInfo) -> None:
        self._signer = signer
        self._zone = zone

    def write(self, register: Register, path: Path) -> int:
        """Write the register and its signed outcome, whole or not at all; return its lines.

        Raises:
            Unavailable: the disk failed, or the database went away.
        """
        draft = path.with_name(f"{path.name}.draft")
        count = 0
        try:
            # A spreadsheet takes UTF-8 for UTF-8 only behind a byte order mark.
            with open(draft, "w", encoding="utf-8-sig", newline="") as file:
                table = csv.writer(file)
                table.writerow(HEAD)
                for row in register.rows:
                    table.writerow(list(self._cells(row)))
                    count += 1
                file.flush()
                os.fsync(file.fileno())
            with open(draft, "rb") as written:
                sha256 = hashlib.file_digest(written, "sha256").hexdigest()
            path.with_name(path.name + SIGNED_SUFFIX).write_bytes(self._signed(register, path.name, sha256, count))
            draft.replace(path)
        except OSError as cause:
            raise Unavailable("The register cannot be written: {reason}.", reason=cause.strerror or "") from cause
        finally:
            draft.unlink(missing_ok=True)
        return count

    def _cells(self, row: RegisterRow) -> Iterator[str]:
        line, facts = row.line, row.line.facts
        detail = json.dumps(facts.detail, ensure_ascii=False, sort_keys=True) if facts.detail else ""
        for cell in (
            str(line.position), self._local(facts.at), facts.who, facts.seat_id, facts.verb,
            row.camera_number or facts.camera_id, row.camera_name, self._local(facts.from_at),
            self._local(facts.to_at), facts.reason, row.case_number or facts.case_id, facts.subject, detail,
            line.digest,
        ):  # fmt: skip
            # What somebody typed as a reason must not become a formula in an auditor's spreadsheet.
            yield f"'{cell}" if cell.startswith(_FORMULAS) else cell

    def _local(self, at: datetime | None) -> str:
        return "" if at is None else at.astimezone(self._zone).isoformat(" ", "seconds")

    def _signed(self, register: Register, name: str, sha256: str, count: int) -> bytes:
        outcome = register.outcome
        said: dict[str, Any] = {
            "format": FORMAT,
            "file": name,
            "sha256": sha256,
            "lines": count,
            "made_at": register.made_at.isoformat(),
            "made_by": register.made_by,
            "reason": register.reason,
            "check": {
                "is_whole": outcome.is_whole,
                "lines": outcome.lines,
                "anchors": outcome.anchors,
                "anchored": outcome.anchored,
                "breaks": [BREAK_WORDS[found.kind].format(**values_of(found)) for found in outcome.breaks],
            },
        }
        signature, public_key = self._signer.sign(_canonical(said))
        said |= {
            "key": fingerprint(public_key),
            "public_key": base64.b64encode(public_key).decode(),
            "signature": base64.b64encode(signature).decode(),
        }
        return json.dumps(said, ensure_ascii=False, sort_keys=True, indent=1).encode()


def _canonical(said: dict[str, Any]) -> bytes:
    return json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
