"""Play generated tracks through one rule, as looks at a street would."""

from collections.abc import Callable
from dataclasses import dataclass, field

from inference.geometry import Box
from inference.rules.families import TrackRule, begin
from inference.rules.rule import Hit, RuleState
from inference.tracker import Track

Scene = Callable[[float], list[Track]]

WHOLE_ZONE = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))
YARD = ((0.2, 0.2), (0.8, 0.2), (0.8, 0.8), (0.2, 0.8))


def at(x: float, y: float, *, track_id: int = 1, label: str = "person", score: float = 0.6, tall: float = 0.2) -> Track:
    """Return a track whose foot point is here, in fractions of the picture, half as wide as tall."""
    box: Box = (x - tall / 4, y - tall, x + tall / 4, y)
    return Track(track_id=track_id, label=label, group=label, score=score, box=box, media_time_s=0.0)


def there(*tracks: Track, if_: bool = True) -> list[Track]:
    """Return the tracks while the condition holds."""
    return list(tracks) if if_ else []


@dataclass
class Watched:
    """What a rule said of a scene: its hits, and when its zone was called clear."""

    hits: list[Hit] = field(default_factory=list)
    cleared_s: list[float] = field(default_factory=list)

    @property
    def times(self) -> list[float]:
        return [round(hit.media_time_s, 2) for hit in self.hits]

    def reason(self, name: str) -> float | str:
        (value,) = [reason.value for reason in self.hits[-1].reasons if reason.name == name]
        return value


def watch(
    rule: TrackRule | RuleState, scene: Scene, until_s: float, *, from_s: float = 0.0, fps: float = 5.0
) -> Watched:
    """Play a scene; a rule that has counted before goes on."""
    state = rule if isinstance(rule, RuleState) else begin(rule)
    said = Watched()
    for number in range(round((until_s - from_s) * fps) + 1):
        now_s = from_s + number / fps
        look = state.look(scene(now_s), now_s)
        said.hits += look.hits
        said.cleared_s += [now_s] if look.is_cleared else []
    return said
