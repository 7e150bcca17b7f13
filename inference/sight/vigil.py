"""The watch over one camera's sight: what has been wrong for long enough, and since when."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from types import MappingProxyType

from inference.sight.judging import Opinion, Unjudged, Wrong, are_of_one_light, best_of, is_other_light, judge
from inference.sight.reference import Reference, is_steady, reference_of
from inference.sight.traits import Traits

DWELL_S = MappingProxyType(
    {Wrong.BLACK: 10.0, Wrong.BLANK: 10.0, Wrong.BLURRED: 20.0, Wrong.COVERED: 20.0, Wrong.TURNED: 20.0}
)
"""Seconds a thing must be wrong: a lens looks for its focus and a bus stands at a light for less (judgement)."""
WHOLE_FOR_S = 6.0
"""Seconds without it until it is over."""
FORGIVEN_LOOKS = 1
"""Looks in a row that may say otherwise before what is beginning has to begin anew."""
REMEMBERED = 8
"""Looks a reference is made of: 16 s at one each 2 s, about 250 kB a stream."""
LEARN_AFTER_LOOKS = 15
"""Looks after which a camera without a reference gets its first by itself, if all of late show one street."""
ALIKE = 0.35
"""Agreement, with no better fit anywhere else, by which a picture in another light is the same street."""
SUDDEN_LOOKS = 3
"""Light that changes within so many looks is no dusk."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """How a camera sees now.

    Attributes:
        wrong: what has been wrong for long enough. since_s: when that began, by the caller's clock.
        unjudged: why it was not judged against a reference at the last look.
        is_doubtful: something looks wrong, and not yet for long enough to say so.
        looks: since the watch began; nothing may be said before the first.
    """

    wrong: Wrong | None = None
    since_s: float = 0.0
    unjudged: Unjudged | None = Unjudged.NO_REFERENCE
    is_doubtful: bool = False
    looks: int = 0


class SightVigil:
    """Used by one thread. Times are seconds of the caller's monotonic clock."""

    def __init__(self, references: Sequence[Reference] = ()) -> None:
        self._references = tuple(references)
        self._recent: deque[Traits] = deque(maxlen=REMEMBERED)
        self._finding = Finding()
        self._begun: tuple[Wrong, float] | None = None
        self._otherwise = 0
        self._whole_since_s: float | None = None
        self._whole_light: deque[float] = deque(maxlen=SUDDEN_LOOKS)
        self._unmeasured = 0

    @property
    def finding(self) -> Finding:
        return self._finding

    def use(self, references: Sequence[Reference]) -> None:
        """Judge against these from now on."""
        self._references = tuple(references)
        self._unmeasured = 0

    def forget(self) -> None:
        """The camera looked elsewhere meanwhile, on purpose: nothing seen before says anything of now."""
        self._recent.clear()
        self._finding = Finding()
        self._begun, self._whole_since_s = None, None
        self._whole_light.clear()

    def look(self, seen: Traits, now_s: float) -> Finding:
        """Take a look in and return how the camera sees."""
        self._recent.append(seen)
        opinion = self._opinion(seen)
        self._unmeasured = self._unmeasured + 1 if self._is_new_light(opinion) else 0
        self._settle(opinion, now_s)
        if opinion.wrong is None and opinion.unjudged is None:
            self._whole_light.append(seen.level)
        elif self._whole_light and opinion.wrong is None:
            self._whole_light.popleft()
        return self._finding

    def reference(self) -> Reference | None:
        """Return a reference of the looks of late, ``None`` before there are any."""
        return reference_of(tuple(self._recent)) if self._recent else None

    def learned(self) -> Reference | None:
        """Return a reference that may be taken without a person: the first, or of the same street in another light."""
        if self._unmeasured < LEARN_AFTER_LOOKS or not is_steady(tuple(self._recent)):
            return None
        found = reference_of(tuple(self._recent))
        if self._references and not self._is_same_street(found):
            return None
        return found

    def stands_for(self, found: Reference) -> tuple[int, ...]:
        """Return which of the references in use a new one makes void: those of its own light, and of another view."""
        return tuple(
            number
            for number, known in enumerate(self._references)
            if are_of_one_light(known, found) or known.likeness(found) < ALIKE
        )

    def _is_same_street(self, found: Reference) -> bool:
        seen = self._recent[-1]
        known = best_of(self._references, seen)
        assert known is not None
        across, down, fit = known.displacement(seen)
        return known.overall(seen) >= ALIKE and abs(across) + abs(down) < 0.02 and fit > 0.0

    def _is_new_light(self, opinion: Opinion) -> bool:
        return opinion.wrong is None and opinion.unjudged in (Unjudged.NO_REFERENCE, Unjudged.OTHER_LIGHT)

    def _opinion(self, seen: Traits) -> Opinion:
        known = best_of(self._references, seen)
        before = self._finding.wrong or (self._begun[0] if self._begun is not None else None)
        opinion = judge(seen, known, before)
        if known is None or opinion.wrong in (Wrong.BLACK, Wrong.BLANK) or not is_other_light(known, seen):
            return opinion
        # Dusk comes slowly and takes the edges along; a hand before the lens comes within a look or two.
        was_whole = bool(self._whole_light)
        if opinion.wrong is not None and (was_whole or before is not None):
            return opinion
        return Opinion(wrong=None, unjudged=Unjudged.OTHER_LIGHT, agreement=opinion.agreement)

    def _settle(self, opinion: Opinion, now_s: float) -> None:
        looks = self._finding.looks + 1
        wrong, since_s = self._finding.wrong, self._finding.since_s
        if opinion.wrong is None:
            self._otherwise += 1
            if self._otherwise > FORGIVEN_LOOKS:
                self._begun = None
            if self._whole_since_s is None:
                self._whole_since_s = now_s
            if wrong is not None and now_s - self._whole_since_s >= WHOLE_FOR_S:
                wrong, since_s = None, 0.0
        else:
            self._whole_since_s = None
            self._otherwise = 0
            if self._begun is None:
                self._begun = (opinion.wrong, now_s)
            elif self._begun[0] is not opinion.wrong:
                # What it is may become plainer; when it began stays, the longer patience of the two holds.
                self._begun = (opinion.wrong, self._begun[1])
            if wrong is not None:
                wrong = opinion.wrong
            elif now_s - self._begun[1] >= DWELL_S[opinion.wrong]:
                wrong, since_s = opinion.wrong, self._begun[1]
        self._finding = Finding(
            wrong=wrong,
            since_s=since_s,
            unjudged=opinion.unjudged,
            is_doubtful=wrong is None and self._begun is not None,
            looks=looks,
        )
