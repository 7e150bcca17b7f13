"""The gate every verb passes: the role is asked, and a refusal is written down."""

from console.application.errors import NotPermitted
from console.application.ports import Clock, UnitsOfWork
from console.domain.accounts import Actor, Verb
from console.domain.audit import AuditFacts


class Gate:
    """Asks whether an actor may, and keeps a line of each refusal. Safe from any thread."""

    def __init__(self, units: UnitsOfWork, clock: Clock) -> None:
        self._units = units
        self._clock = clock

    def require(self, actor: Actor, verb: Verb, subject: str = "") -> None:
        """Let the actor pass.

        Raises:
            NotPermitted: the role does not hold the verb; a line of the audit says who tried.
        """
        if actor.may(verb):
            return
        with self._units.write() as unit:
            unit.audit.append(self.facts(actor, "refused", subject, wanted=verb.value))
            unit.commit()
        raise NotPermitted("Your role may not do this. Ask the shift leader.")

    def facts(self, actor: Actor, verb: str, subject: str = "", **detail: str | int | float | None) -> AuditFacts:
        """Return what to append to the audit inside the caller's own unit of work."""
        return AuditFacts(
            at=self._clock.now(),
            who=f"{actor.display_name} ({actor.account_id})",
            seat_id=actor.seat_id,
            verb=verb,
            subject=subject,
            detail={"role": actor.role.value, **detail},
        )
