"""The station's half of a case's time: warnings are written whether or not anybody sits at a seat."""

from collections.abc import Sequence

from console.application.ports import Clock, UnitsOfWork
from console.domain.audit import AuditFacts
from console.domain.case_warnings import warning_due
from console.domain.cases import Act, CaseStep
from console.domain.ids import CaseId

WARNINGS_AT_ONCE = 100


class CaseClocks:
    """Gives warnings. Safe from any thread, and from any station of one database."""

    def __init__(self, units: UnitsOfWork, clock: Clock) -> None:
        self._units = units
        self._clock = clock

    def warn(self) -> Sequence[CaseId]:
        """Write the warnings that are due into the cases, each once; return whose they are."""
        with self._units.read() as unit:
            if not unit.case_warnings.lacking(self._clock.now(), 1):
                return ()
        warned = []
        with self._units.write() as unit:
            now = self._clock.now()
            for case_id in unit.case_warnings.lacking(now, WARNINGS_AT_ONCE):
                case = unit.cases.get(case_id)
                warning = warning_due(case, now)
                if warning is None:
                    continue
                unit.case_warnings.add(warning)
                facts = {"kind": warning.kind.value, "of": warning.of_moment.isoformat()}
                case.note(CaseStep(act=Act.WARNED, at=now, who="station", facts=facts))
                unit.cases.save(case)
                unit.audit.append(
                    AuditFacts(
                        at=now,
                        who="station",
                        seat_id="",
                        verb="warn_case",
                        subject=case_id,
                        detail={"kind": warning.kind.value},
                        camera_id=case.camera_id or "",
                        case_id=case_id,
                    )
                )
                warned.append(case_id)
            unit.commit()
        return tuple(warned)
