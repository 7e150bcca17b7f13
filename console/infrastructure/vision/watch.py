"""One camera under watch: its frames, its rules, its running re-checks and its achieved rate."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from console.infrastructure.channel.messages import AnyMessage, LookAgain, WatchCamera
from console.infrastructure.frame_slots import FrameFacts
from console.infrastructure.vision.intake import LookSource
from console.infrastructure.vision.overlays import looked_again, rule_cleared, rule_hit, seen
from console.infrastructure.vision.rules import rule_of
from inference.detections import Detections
from inference.detector import Detector
from inference.frames import Frame
from inference.pipeline import Pipeline
from inference.recheck import Recheck
from inference.rules.families import Rule
from inference.rules.standing_vehicle import StandingVehicleRule

PACE_OVER_S = 3.0
"""The achieved rate is a mean over this time: short enough that a camera that stopped shows 0 at once."""


@dataclass(slots=True)
class _Asked:
    request: LookAgain
    recheck: Recheck
    until_s: float


class CameraWatch:
    """State of one camera. Used by the worker's one thread; times are monotonic.

    Raises:
        ValueError: a rule has no zone, no label that the model knows, or no dwell.
    """

    def __init__(self, wish: WatchCamera, detector: Detector) -> None:
        self._wish = wish
        self._detector = detector
        self._source = LookSource(wish.look)
        self._pipeline = self._new_pipeline()
        self._asked: list[_Asked] = []
        self._looked_s: deque[float] = deque()

    @property
    def looks_per_s(self) -> float:
        return self._wish.look.looks_per_s

    def apply(self, wish: WatchCamera) -> None:
        """Apply the difference; rules that stay the same keep what they have counted.

        Raises:
            ValueError: a rule has no zone, no label or no dwell; nothing was changed.
        """
        rules = self._rules_of(wish)
        if wish.look.model_copy(update={"looks_per_s": self.looks_per_s}) != self._wish.look:
            self._source.close()
            self._source = LookSource(wish.look)
        self._wish = wish
        self._pipeline.change_rules(rules)

    def newest(self, now_s: float) -> tuple[Frame, FrameFacts] | None:
        """Return a frame not looked at before, if there is one."""
        return self._source.newest(now_s)

    def take(self, frame: Frame, facts: FrameFacts, detections: Detections, now_s: float) -> Iterator[AnyMessage]:
        """Yield what is to be said about a frame, given what the detector saw in it."""
        self._looked_s.append(now_s)
        found = self._pipeline.take(frame, detections)
        camera_id = self._wish.camera_id
        yield seen(camera_id, found, facts)
        rules = {rule.rule_id: rule for rule in self._wish.rules}
        for hit in found.hits:
            yield rule_hit(camera_id, hit, rules[hit.rule_id], facts, self._detector)
        for rule_id in found.cleared:
            yield rule_cleared(camera_id, rule_id, facts)
        for asked in list(self._asked):
            finding = asked.recheck.take(frame, detections)
            if finding is not None:
                self._asked.remove(asked)
                yield looked_again(asked.request, finding, facts.received_at, self._detector.manifest.sha256)

    def has_rule(self, rule_id: str) -> bool:
        return rule_id in self._pipeline.rules

    def look_again(self, request: LookAgain, now_s: float) -> bool:
        """Begin a re-check with the next frame; false if this camera has no such rule for a standing vehicle."""
        rule = self._pipeline.rules.get(request.rule_id)
        if not isinstance(rule, StandingVehicleRule):
            return False
        recheck = Recheck(rule, self._detector.manifest, request.looks)
        self._asked.append(_Asked(request, recheck, now_s + request.within_s))
        return True

    def give_up(self, now_s: float) -> Iterator[tuple[LookAgain, Recheck]]:
        """Yield the re-checks whose time is over, and end them."""
        for asked in [asked for asked in self._asked if now_s >= asked.until_s]:
            self._asked.remove(asked)
            yield asked.request, asked.recheck

    def pace(self, now_s: float) -> float:
        """Return the looks per second achieved over the last seconds."""
        while self._looked_s and now_s - self._looked_s[0] > PACE_OVER_S:
            self._looked_s.popleft()
        return len(self._looked_s) / PACE_OVER_S

    def abandon(self) -> Iterator[tuple[LookAgain, Recheck]]:
        """End the watch; yields the re-checks that will get no more looks."""
        self._source.close()
        for asked in self._asked:
            yield asked.request, asked.recheck
        self._asked.clear()

    def _new_pipeline(self) -> Pipeline:
        return Pipeline(self._detector.manifest, self.looks_per_s, self._rules_of(self._wish))

    def _rules_of(self, wish: WatchCamera) -> list[Rule]:
        """Return the rules as the library knows them; one that this model could never hit is no watch."""
        known = set(self._detector.manifest.labels)
        for rule in wish.rules:
            if rule.labels and known.isdisjoint(rule.labels):
                raise ValueError(f"rule {rule.rule_id} looks for what {self._detector.manifest.name} does not know")
        return [rule_of(rule) for rule in wish.rules]
