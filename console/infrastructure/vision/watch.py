"""One camera under watch: its frames, its rules, its running re-checks and its achieved rate."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from console.infrastructure.channel.messages import AnyMessage, LookAgain, LookSlot, WatchCamera
from console.infrastructure.frame_slots import FrameFacts
from console.infrastructure.vision.intake import LookSource
from console.infrastructure.vision.overlays import bay_changed, looked_again, rule_cleared, rule_hit, seen
from console.infrastructure.vision.place_pictures import keep_picture
from console.infrastructure.vision.rules import rule_of
from inference.detections import Detections
from inference.detector import Detector
from inference.frames import Frame
from inference.pipeline import Pipeline
from inference.recheck import Recheck
from inference.rules.families import Rule
from inference.rules.place_change import PlaceChangeRule
from inference.rules.standing_vehicle import StandingVehicleRule

PACE_OVER_S = 3.0
"""The achieved rate is a mean over this time: short enough that a camera that stopped shows 0 at once."""

LEAST_SWIFT_PER_S = 8.0
"""With fewer pictures a second a fall over two storeys is seen too seldom to be told (judgement)."""
MOST_AT_ONCE = 16
"""Pictures followed before the detector has its turn again: as many as lie in the ring."""
SELDOM_PER_S = 1.0
"""The rate a tracker begins with where no detector looks yet."""


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
        self._source = LookSource(wish.look) if wish.look is not None else None
        self._swift = LookSource(wish.swift) if wish.swift is not None else None
        self._pipeline = self._new_pipeline()
        self._asked: list[_Asked] = []
        self._looked_s: deque[float] = deque()
        self._followed_s: deque[float] = deque()
        self._pictured: dict[str, str] = {}

    def apply(self, wish: WatchCamera) -> None:
        """Apply the difference; rules that stay the same keep what they have counted.

        Raises:
            ValueError: a rule has no zone, no label or no dwell; nothing was changed.
        """
        rules = self._rules_of(wish)
        self._source = _source_of(wish.look, self._source)
        self._swift = _source_of(wish.swift, self._swift)
        self._wish = wish
        self._pipeline.change_rules(rules)

    def newest(self, now_s: float) -> tuple[tuple[Frame, ...], FrameFacts] | None:
        """Return a picture not looked at before, if there is one: the frame of the whole, then those of its parts."""
        return self._source.newest(now_s) if self._source is not None else None

    def follow(self, now_s: float) -> Iterator[AnyMessage]:
        """Go through all pictures that came for the rules that follow what moves fast; yield what is to be said."""
        if self._swift is None:
            return
        rules = {rule.rule_id: rule for rule in self._wish.rules}
        for _ in range(MOST_AT_ONCE):
            found = self._swift.next(now_s)
            if found is None:
                return
            self._followed_s.append(now_s)
            frame, facts = found
            for hit in self._pipeline.follow(frame):
                yield rule_hit(self._wish.camera_id, hit, rules[hit.rule_id], facts, self._detector)

    def take(self, frame: Frame, facts: FrameFacts, detections: Detections, now_s: float) -> Iterator[AnyMessage]:
        """Yield what is to be said about a frame, given what the detector saw in it."""
        self._looked_s.append(now_s)
        found = self._pipeline.take(frame, detections)
        camera_id = self._wish.camera_id
        yield seen(camera_id, found, facts)
        rules = {rule.rule_id: rule for rule in self._wish.rules}
        self._picture_places(frame)
        for hit in found.hits:
            picture = self._pictured.get(hit.rule_id, "")
            yield rule_hit(camera_id, hit, rules[hit.rule_id], facts, self._detector, picture)
        for rule_id in found.cleared:
            yield rule_cleared(camera_id, rule_id, facts)
        for rule_id, event in found.bay_events:
            yield bay_changed(camera_id, rules[rule_id], event, facts)
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
        """Return the looks per second achieved over the last seconds; pictures, where no detector looks.

        A camera with a rule that follows what moves fast, and too few pictures for it, is not watched: 0.
        """
        looks_per_s = _pace_of(self._looked_s, now_s)
        if self._swift is None:
            return looks_per_s
        pictures_per_s = _pace_of(self._followed_s, now_s)
        if pictures_per_s < LEAST_SWIFT_PER_S:
            return 0.0
        return pictures_per_s if self._source is None else looks_per_s

    def abandon(self) -> Iterator[tuple[LookAgain, Recheck]]:
        """End the watch; yields the re-checks that will get no more looks."""
        for source in (self._source, self._swift):
            if source is not None:
                source.close()
        for asked in self._asked:
            yield asked.request, asked.recheck
        self._asked.clear()

    def _picture_places(self, frame: Frame) -> None:
        """Keep beside each place's reference how it looked as that was taken."""
        is_stretched = self._wish.look is not None and self._wish.look.is_stretched
        for rule in self._pipeline.rules.values():
            if not isinstance(rule, PlaceChangeRule) or rule.reference is None:
                continue
            picture = rule.reference.with_suffix(".jpg")
            if self._pictured.get(rule.rule_id) == str(picture) or not rule.reference.exists():
                continue
            if not picture.exists() and not keep_picture(frame, picture, is_stretched=is_stretched):
                continue
            self._pictured[rule.rule_id] = str(picture)

    def _new_pipeline(self) -> Pipeline:
        looks_per_s = self._wish.look.looks_per_s if self._wish.look is not None else SELDOM_PER_S
        return Pipeline(self._detector.manifest, looks_per_s, self._rules_of(self._wish))

    def _rules_of(self, wish: WatchCamera) -> list[Rule]:
        """Return the rules as the library knows them; one that this model could never hit is no watch."""
        known = set(self._detector.manifest.labels)
        for rule in wish.rules:
            if rule.labels and known.isdisjoint(rule.labels):
                raise ValueError(f"rule {rule.rule_id} looks for what {self._detector.manifest.name} does not know")
        return [rule_of(rule, _references(wish)) for rule in wish.rules]


def _source_of(look: LookSlot | None, before: LookSource | None) -> LookSource | None:
    """Return the source of a slot: the one before where only its rate is another."""
    rate = {"looks_per_s": before.look.looks_per_s} if before is not None else {}
    if before is not None and look is not None and look.model_copy(update=rate) == before.look:
        return before
    if before is not None:
        before.close()
    return LookSource(look) if look is not None else None


def _pace_of(times_s: deque[float], now_s: float) -> float:
    while times_s and now_s - times_s[0] > PACE_OVER_S:
        times_s.popleft()
    return len(times_s) / PACE_OVER_S


def _references(wish: WatchCamera) -> Path | None:
    return Path(wish.references) if wish.references else None
