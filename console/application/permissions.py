"""The gate every verb passes: role and place are asked, and a refusal is written down."""

from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from console.application.errors import NotPermitted, Stale
from console.application.ports import Clock, UnitOfWork, UnitsOfWork
from console.domain.accounts import Actor, Verb
from console.domain.audit import AuditFacts
from console.domain.cameras import Camera
from console.domain.ids import CameraId
from console.domain.places import Place
from console.words import N_


class _Why(StrEnum):
    """Why somebody was not let pass, as the audit says it."""

    INACTIVE = "inactive"
    PLACE = "place"
    ROLE = "role"


_SENTENCES = MappingProxyType(
    {
        _Why.INACTIVE: N_("This account is out of use. Ask an administrator."),
        _Why.PLACE: N_("This place is not yours to act in. Ask the shift leader."),
        _Why.ROLE: N_("Your role may not do this. Ask the shift leader."),
    }
)


class Gate:
    """Asks whether an actor may, and keeps a line of each refusal. Safe from any thread."""

    def __init__(self, units: UnitsOfWork, clock: Clock) -> None:
        self._units = units
        self._clock = clock

    def require(
        self,
        actor: Actor,
        verb: Verb,
        subject: str = "",
        *,
        camera: Camera | None = None,
        place: Place | None = None,
        camera_id: CameraId | None = None,
    ) -> Actor:
        """Let the actor pass, and return them as their account is now: lists show what its scope covers.

        The account's row is asked each time, not the seat's memory: who is disabled, or moved to another area, in the
        middle of a shift is so from the next verb on. Somebody without a row acts from the machine itself.

        Args:
            camera: whose picture, alarm or case it is; or, where only these are known, its ``place`` and
                ``camera_id``. A camera named by its id alone is looked up.

        Raises:
            NotPermitted: the role does not hold the verb, or the place is not the actor's; a line of the audit
                says who tried what on which camera.
            Unavailable: the database is away, so nobody can say.
        """
        if camera is not None:
            place, camera_id = camera.place, camera.camera_id
        with self._units.read() as unit:
            account = unit.accounts.find(actor.account_id)
            if account is not None:
                actor = replace(actor, role=account.role, scope=account.scope)
            if place is None and camera_id is not None and not actor.scope.is_everywhere:
                place = _place_of(unit, camera_id)
        is_active = account is None or account.is_active
        if is_active and actor.may(verb, place, camera_id):
            return actor
        why = _Why.INACTIVE if not is_active else _Why.PLACE if actor.may(verb) else _Why.ROLE
        with self._units.write() as unit:
            unit.audit.append(
                self.facts(actor, "refused", subject, wanted=verb.value, camera_id=camera_id, why=why.value)
            )
            unit.commit()
        raise NotPermitted(_SENTENCES[why])

    def facts(
        self,
        actor: Actor,
        verb: str,
        subject: str = "",
        *,
        camera_id: str | None = "",
        from_at: datetime | None = None,
        to_at: datetime | None = None,
        reason: str = "",
        case_id: str | None = "",
        **detail: str | int | float | None,
    ) -> AuditFacts:
        """Return what to append to the audit inside the caller's own unit of work.

        Args:
            from_at, to_at: the span of pictures or sound it was about, or a search's.
            reason: why, in the actor's words.
        """
        return AuditFacts(
            at=self._clock.now(),
            who=f"{actor.display_name} ({actor.account_id})",
            seat_id=actor.seat_id,
            verb=verb,
            subject=subject,
            detail={"role": actor.role.value, **detail},
            camera_id=camera_id or "",
            from_at=from_at,
            to_at=to_at,
            reason=reason,
            case_id=case_id or "",
        )


def _place_of(unit: UnitOfWork, camera_id: CameraId) -> Place:
    """Return where a camera stands; one that left the directory stands nowhere, so only its own name covers it."""
    try:
        return unit.directory.camera(camera_id).place
    except Stale:
        return Place(address="")
