"""Accounts, shifts, and the lines of the audit."""

import json
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import RowMapping

from console.domain.accounts import Account, Role, Scope
from console.domain.audit import AuditFacts, AuditLine
from console.domain.ids import AccountId, CameraId, SeatId, ShiftId
from console.domain.shifts import Shift

UNREADABLE = datetime(1, 1, 1, tzinfo=UTC)


def row_of_account(account: Account) -> dict[str, Any]:
    return {
        "account_id": account.account_id,
        "sign_in_name": account.sign_in_name,
        "display_name": account.display_name,
        "role": account.role.value,
        "password_hash": account.password_hash,
        "is_active": account.is_active,
        "failed_attempts": account.failed_attempts,
        "may_try_at": account.may_try_at,
        "scope": _row_of_scope(account.scope),
        "totp_secret_name": account.totp_secret_name,
        "totp_last_counter": account.totp_last_counter,
        "version": account.version,
    }


def account_in(row: RowMapping) -> Account:
    return Account(
        account_id=AccountId(row["account_id"]),
        sign_in_name=row["sign_in_name"],
        display_name=row["display_name"],
        role=Role(row["role"]),
        password_hash=row["password_hash"],
        is_active=row["is_active"],
        failed_attempts=row["failed_attempts"],
        may_try_at=row["may_try_at"],
        scope=_scope_in(row["scope"]),
        totp_secret_name=row["totp_secret_name"],
        totp_last_counter=row["totp_last_counter"],
        version=row["version"],
    )


def _row_of_scope(scope: Scope) -> dict[str, list[str]]:
    return {"areas": sorted(scope.areas), "cameras": sorted(scope.cameras)}


def _scope_in(row: dict[str, list[str]] | None) -> Scope:
    """Return the scope; an account from before there were scopes acts everywhere."""
    if row is None:
        return Scope()
    return Scope(areas=frozenset(row["areas"]), cameras=frozenset(CameraId(name) for name in row["cameras"]))


def row_of_shift(shift: Shift) -> dict[str, Any]:
    return {
        "shift_id": shift.shift_id,
        "account_id": shift.account_id,
        "display_name": shift.display_name,
        "seat_id": shift.seat_id,
        "began_at": shift.began_at,
        "ended_at": shift.ended_at,
        "version": shift.version,
    }


def shift_in(row: RowMapping) -> Shift:
    return Shift(
        shift_id=ShiftId(row["shift_id"]),
        account_id=AccountId(row["account_id"]),
        display_name=row["display_name"],
        seat_id=SeatId(row["seat_id"]),
        began_at=row["began_at"],
        ended_at=row["ended_at"],
        version=row["version"],
    )


def row_of_line(line: AuditLine) -> dict[str, Any]:
    facts = line.facts
    return {
        "position": line.position,
        "at": facts.at,
        "who": facts.who,
        "seat_id": facts.seat_id,
        "verb": facts.verb,
        "subject": facts.subject,
        "detail": _detail_text(facts.detail),
        "camera_id": facts.camera_id,
        "from_at": facts.from_at,
        "to_at": facts.to_at,
        "reason": facts.reason,
        "case_id": facts.case_id,
        "before": line.before,
        "digest": line.digest,
        "form": line.form,
        "marks": line.marks,
    }


def line_in(row: RowMapping) -> AuditLine:
    """Return the line, also of a row that somebody damaged: what cannot be read is something nobody wrote."""
    return AuditLine(
        position=row["position"],
        facts=AuditFacts(
            at=_moment_in(row["at"]) or UNREADABLE,
            who=_text_in(row["who"]),
            seat_id=_text_in(row["seat_id"]),
            verb=_text_in(row["verb"]),
            subject=_text_in(row["subject"]),
            detail=_detail_in(row["detail"]),
            camera_id=_text_in(row["camera_id"]),
            from_at=_moment_in(row["from_at"]),
            to_at=_moment_in(row["to_at"]),
            reason=_text_in(row["reason"]),
            case_id=_text_in(row["case_id"]),
        ),
        before=_text_in(row["before"]),
        digest=_text_in(row["digest"]),
        form=row["form"] if isinstance(row["form"], int) else 0,
        marks=_text_in(row["marks"]),
    )


def _text_in(value: object) -> str:
    """SQLite keeps whatever it is given in a column of text."""
    return value if isinstance(value, str) else repr(value)


def _moment_in(value: object) -> datetime | None:
    if value is None:
        return None
    if isinstance(value, datetime):
        return value.astimezone(UTC)
    try:
        found = datetime.fromisoformat(str(value)).replace(tzinfo=UTC)
    except ValueError:
        return UNREADABLE
    as_kept = found.replace(tzinfo=None).isoformat(" ", "microseconds")  # as SQLAlchemy writes it into SQLite
    return found if as_kept == value else UNREADABLE


def _detail_in(value: object) -> dict[str, Any]:
    try:
        found = json.loads(str(value))
    except (ValueError, RecursionError):
        found = None
    is_ours = isinstance(found, dict) and _detail_text(found) == value
    return found if is_ours else {"": _text_in(value)}


def _detail_text(detail: dict[str, Any]) -> str:
    return json.dumps(detail, ensure_ascii=False, sort_keys=True)
