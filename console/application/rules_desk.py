"""What a camera is watched for, changed after it was brought in: its rules read, kept, and copied to others."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from console.application.errors import Stale
from console.application.onboarding_desk import ModelLabels, OfferedRule, offered_rules
from console.application.permissions import Gate
from console.application.ports import UnitsOfWork
from console.domain.accounts import Actor, Verb
from console.domain.cameras import Camera, StreamProfile
from console.domain.categories import Category
from console.domain.errors import DomainError
from console.domain.ids import CameraId, CategoryCode, RuleId, new_id
from console.domain.recordings import Segment
from console.domain.rules import CameraRule

MOST_RULES = 24  # judgement: more outlines than that nobody tells apart in one picture


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraRules:
    """A camera with its rules, what each is about, and what else it may be watched for."""

    camera: Camera
    matters: Mapping[CategoryCode, Category]
    offered: tuple[OfferedRule, ...]


class RulesDesk:
    """An administrator's verbs. Safe from any thread, never on the GUI thread.

    The station reads the directory again within seconds of a change, and looks by it.
    """

    def __init__(self, units: UnitsOfWork, gate: Gate, labels: Callable[[], ModelLabels | None] = lambda: None) -> None:
        """Args:
        labels: tells what the model that watches knows; ``None`` where that cannot be told.
        """
        self._units = units
        self._gate = gate
        self._labels = labels

    def open(self, actor: Actor, camera_id: CameraId) -> CameraRules:
        """Return a camera's rules, to be changed over its picture: who opens them sees the street.

        Raises:
            NotPermitted: not by this role, or not there. Stale: the camera left the directory.
        """
        self._gate.require(actor, Verb.ADMINISTER, camera_id, camera_id=camera_id)
        with self._units.write() as unit:
            camera = unit.directory.camera(camera_id)
            matters = {category.code: category for category in unit.directory.categories()}
            unit.audit.append(self._gate.facts(actor, "open_rules", camera_id, camera_id=camera_id))
            unit.commit()
        return CameraRules(camera=camera, matters=matters, offered=offered_rules(matters, self._labels()))

    def keep(
        self, actor: Actor, camera_id: CameraId, rules: tuple[CameraRule, ...], instead_of: tuple[CameraRule, ...]
    ) -> None:
        """Keep a camera's rules.

        Args:
            instead_of: what was read before it was changed.

        Raises:
            NotPermitted: not by this role, or not there. DomainError: too many, or one of another camera.
            Stale: somebody else changed them meanwhile, or the camera left the directory.
        """
        self._gate.require(actor, Verb.ADMINISTER, camera_id, camera_id=camera_id)
        _check(camera_id, rules)
        with self._units.write() as unit:
            camera = unit.directory.camera(camera_id)
            if camera.rules != instead_of:
                raise Stale("Somebody changed these rules first. Look again.")
            unit.directory.put_camera(replace(camera, rules=rules))
            unit.audit.append(
                self._gate.facts(
                    actor,
                    "keep_rules",
                    camera_id,
                    camera_id=camera_id,
                    rules=_written(rules),
                    rules_before=_written(instead_of),
                )
            )
            unit.commit()

    def try_on_recordings(
        self, actor: Actor, camera_id: CameraId, from_at: datetime, to_at: datetime
    ) -> tuple[Segment, ...]:
        """Return the recordings that a rule of the camera is to be tried on, oldest first, main stream before sub.

        Raises:
            NotPermitted: not by this role, or not there. DomainError: nothing was recorded in the span.
        """
        self._gate.require(actor, Verb.ADMINISTER, camera_id, camera_id=camera_id)
        with self._units.write() as unit:
            found = [one for one in unit.recordings.of_camera(camera_id, from_at, to_at) if one.lost_at is None]
            facts = self._gate.facts(
                actor, "try_rule", camera_id, camera_id=camera_id, from_at=from_at, to_at=to_at, files=len(found)
            )
            unit.audit.append(facts)
            unit.commit()
        main = [one for one in found if one.profile is StreamProfile.MAIN]
        if not found:
            raise DomainError("Nothing was recorded of this camera in the last hour. Try the rule on a file.")
        return tuple(main or found)

    def copy(self, actor: Actor, rules: Sequence[CameraRule], to: Sequence[CameraId]) -> int:
        """Give these rules to other cameras too, each as a new rule of its own there; return how many were made.

        The places stay where they are in the picture. All cameras are changed, or none.

        Raises:
            NotPermitted: not by this role, or not at one of the cameras. DomainError: one would have too many.
            Stale: one of the cameras left the directory.
        """
        for camera_id in to:
            self._gate.require(actor, Verb.ADMINISTER, camera_id, camera_id=camera_id)
        with self._units.write() as unit:
            for camera_id in to:
                camera = unit.directory.camera(camera_id)
                copies = tuple(copied(rule, camera_id) for rule in rules)
                _check(camera_id, (*camera.rules, *copies))
                unit.directory.put_camera(replace(camera, rules=(*camera.rules, *copies)))
                unit.audit.append(
                    self._gate.facts(
                        actor,
                        "copy_rules",
                        camera_id,
                        camera_id=camera_id,
                        copied_from=", ".join(sorted({rule.camera_id for rule in rules})),
                        rules=_written(copies),
                    )
                )
            unit.commit()
        return len(rules) * len(to)


def copied(rule: CameraRule, camera_id: CameraId) -> CameraRule:
    """Return a rule as a new one of a camera; its name is no other's."""
    return replace(rule, rule_id=new_rule_id(camera_id, rule.category), camera_id=camera_id)


def new_rule_id(camera_id: CameraId, category: CategoryCode) -> RuleId:
    """Return a name for one more rule of a camera: it may have two of one matter, in two places."""
    return RuleId(f"{camera_id}-{category}-{new_id()[:8]}")


def _check(camera_id: CameraId, rules: Sequence[CameraRule]) -> None:
    if len(rules) > MOST_RULES:
        raise DomainError("A camera has at most {most} rules.", most=MOST_RULES)
    if any(rule.camera_id != camera_id for rule in rules) or len({rule.rule_id for rule in rules}) != len(rules):
        raise DomainError("These are not the rules of this camera. Open it again.")


def _written(rules: Sequence[CameraRule]) -> str:
    """Return the rules as a line of the audit: name, matter, on or off, and where."""
    return "; ".join(
        f"{rule.rule_id} {rule.category} {'on' if rule.is_on else 'off'} {rule.zone.name} "
        + " ".join(f"{x:.3f},{y:.3f}" for x, y in rule.zone.polygon)
        for rule in rules
    )
