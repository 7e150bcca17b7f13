"""One camera's way from a frame to rule hits: detections → tracks → zones → hits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from inference.background import Background
from inference.detections import Detections
from inference.frames import Frame
from inference.manifest import Manifest
from inference.rules.families import PixelRule, Rule, SwiftRule, TrackRule, begin, begin_on_ground, begin_swift
from inference.rules.rule import BayEvent, BayLook, Hit, PixelRuleState, RuleLook, RuleState
from inference.rules.thrown import Thrown
from inference.tracker import Track, Tracker

OVERLAY_AGE_S = 1.0
"""An overlay older than this against its frame is dropped (house design rule for overlays)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dwell:
    """How long a track has counted for a rule, by media time."""

    rule_id: str
    dwell_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What one look at one camera found.

    Attributes:
        sequence: of the frame.
        media_time_s: of the frame, by the camera's clock.
        detections: of this look, boxes in fractions of the whole picture.
        tracks: those seen within ``OVERLAY_AGE_S``.
        dwells: by track, the longest of its rules.
        hits: new ones.
        cleared: rules whose zone has now been empty long enough after a hit.
        bays: parking bays by rule. bay_events: what became of them, by rule, new ones only.
        is_restart: the stream began again with this frame; tracks and unfinished stays were given up.
    """

    sequence: int
    media_time_s: float
    detections: Detections
    tracks: tuple[Track, ...]
    dwells: Mapping[int, Dwell]
    hits: tuple[Hit, ...]
    cleared: tuple[str, ...]
    is_restart: bool
    bays: Mapping[str, tuple[BayLook, ...]] = field(default_factory=dict)
    bay_events: tuple[tuple[str, BayEvent], ...] = ()


class Pipeline:
    """State of one camera: its tracks and its rules. Used by one thread; shares the detector with other cameras."""

    def __init__(self, manifest: Manifest, looks_per_s: float, rules: Sequence[Rule]) -> None:
        self._manifest = manifest
        self._looks_per_s = looks_per_s
        self._tracker = Tracker(manifest, looks_per_s)
        self._rules = {rule.rule_id: rule for rule in rules}
        self._states: dict[str, RuleState] = {}
        self._pixel_states: dict[str, PixelRuleState] = {}
        self._swift_states: dict[str, Thrown] = {}
        self._background = Background()
        self._begin(rules, {})
        self._media_time_s: float | None = None

    @property
    def rules(self) -> Mapping[str, Rule]:
        """The rules in force, by id."""
        return self._rules

    def change_rules(self, rules: Sequence[Rule]) -> None:
        """Put these rules in force; a rule that stays the same keeps what it has counted."""
        before = self._rules
        self._rules = {rule.rule_id: rule for rule in rules}
        self._begin(rules, before)

    def take(self, frame: Frame, detections: Detections) -> Look:
        """Return what the frame means, given what the detector saw in it."""
        media_time_s = frame.media_time_s
        is_repeat, is_restart = self._is_same(media_time_s), self._is_earlier(media_time_s)
        if is_restart:
            self._restart()
        self._media_time_s = media_time_s
        # Two frames of one time stamp are a fault of the camera: the second counts for nothing, and ends nothing.
        tracks = self._tracker.within(0.0) if is_repeat else self._tracker.follow(detections, media_time_s)
        answers = self._ask(frame, tracks)
        dwells: dict[int, Dwell] = {}
        for rule_id, answer in answers.items():
            for track_id, dwell_s in answer.dwells.items():
                if track_id not in dwells or dwell_s > dwells[track_id].dwell_s:
                    dwells[track_id] = Dwell(rule_id=rule_id, dwell_s=dwell_s)
        return Look(
            sequence=frame.sequence,
            media_time_s=media_time_s,
            detections=detections,
            tracks=self._tracker.within(OVERLAY_AGE_S),
            dwells=dwells,
            hits=tuple(hit for answer in answers.values() for hit in answer.hits),
            cleared=tuple(rule_id for rule_id, answer in answers.items() if answer.is_cleared),
            is_restart=is_restart,
            bays={rule_id: answer.bays for rule_id, answer in answers.items() if answer.bays},
            bay_events=tuple((rule_id, event) for rule_id, answer in answers.items() for event in answer.bay_events),
        )

    def follow(self, frame: Frame) -> tuple[Hit, ...]:
        """Return what the rules that follow what moves fast make of a picture; they want ten a second or more.

        These pictures have a sequence and a size of their own, and no detector looks at them.
        """
        return tuple(hit for state in self._swift_states.values() for hit in state.look(frame).hits)

    def _begin(self, rules: Sequence[Rule], before: Mapping[str, Rule]) -> None:
        kept = {rule.rule_id for rule in rules if before.get(rule.rule_id) == rule}
        on_tracks = [rule for rule in rules if isinstance(rule, TrackRule)]
        on_ground = [rule for rule in rules if isinstance(rule, PixelRule)]
        self._states = {
            rule.rule_id: self._states[rule.rule_id] if rule.rule_id in kept else begin(rule) for rule in on_tracks
        }
        self._pixel_states = {
            rule.rule_id: self._pixel_states[rule.rule_id] if rule.rule_id in kept else begin_on_ground(rule)
            for rule in on_ground
        }
        self._swift_states = {
            rule.rule_id: self._swift_states[rule.rule_id] if rule.rule_id in kept else begin_swift(rule)
            for rule in rules
            if isinstance(rule, SwiftRule)
        }
        if not on_ground:
            self._background = Background()  # nobody looks at it: it would be of another day when somebody does

    def _ask(self, frame: Frame, tracks: Sequence[Track]) -> dict[str, RuleLook]:
        """Return what each rule says; the ground is looked at only where a rule asks for it."""
        answers = {rule_id: state.look(tracks, frame.media_time_s) for rule_id, state in self._states.items()}
        if self._pixel_states:
            ground = self._background.see(frame, tracks)
            for rule_id, pixel_state in self._pixel_states.items():
                answers[rule_id] = pixel_state.look(tracks, frame.media_time_s, ground)
        return answers

    def _is_same(self, media_time_s: float) -> bool:
        return media_time_s == self._media_time_s

    def _is_earlier(self, media_time_s: float) -> bool:
        return self._media_time_s is not None and media_time_s < self._media_time_s

    def _restart(self) -> None:
        self._tracker = Tracker(self._manifest, self._looks_per_s)
        self._background.restart()
        for state in self._states.values():
            state.restart()
        for pixel_state in self._pixel_states.values():
            pixel_state.restart()
