"""The gate every verb passes: role and place are asked, and a refusal is written down."""

from datetime import datetime

from console.application.errors import NotPermitted
from console.application.ports import Clock, UnitsOfWork
from console.domain.accounts import Actor, Verb
from console.domain.audit import AuditFacts
from console.domain.cameras import Camera
from console.domain.ids import CameraId
from console.domain.places import Place


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
    ) -> None:
        """Let the actor pass.

        Args:
            camera: whose picture, alarm or case it is; or, where only these are known, its ``place`` and ``camera_id``.

        Raises:
            NotPermitted: the role does not hold the verb, or the place is not the actor's; a line of the audit
                says who tried what on which camera.
        """
        if camera is not None:
            place, camera_id = camera.place, camera.camera_id
        if actor.may(verb, place, camera_id):
            return
        is_elsewhere = actor.may(verb)
        with self._units.write() as unit:
            unit.audit.append(
                self.facts(
                    actor,
                    "refused",
                    subject,
                    wanted=verb.value,
                    camera_id=camera_id,
                    why="place" if is_elsewhere else "role",
                )
            )
            unit.commit()
        if is_elsewhere:
            raise NotPermitted("This place is not yours to act in. Ask the shift leader.")
        raise NotPermitted("Your role may not do this. Ask the shift leader.")

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
