"""What the vision bench measured, and what its figures say together. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median

from console.bench.medians import RESTLESS_ABOVE, spread
from console.bench.wall_rounds import percentile

AT_LEAST = {"throughput_vs_benchmark_app": 0.90, "beside_16_streams_ratio": 0.55, "painted_ratio": 0.995}
AT_MOST = {"non_inference_cpu_share": 0.25, "overlay_delay_p95_ms": 250.0}
HELD = 0.95  # of the looks asked for: a camera is watched at its pace (judgement)


@dataclass(slots=True)
class Measured:
    """One entry a round, and of delays one a look; what was not asked for stays empty.

    Attributes:
        looks_per_s: of the vision worker with more cameras than it can serve. app_per_s: of benchmark_app.
        look_ms, bare_ms: CPU time of a look, all of the worker and inference alone.
        delay_ms: from a frame's receipt to what was seen in it.
        alone_per_s, beside_per_s: of the vision worker alone and while a seat paints the streams.
        painted: share of the pictures painted meanwhile.
        cameras: by looks a second, how many cameras held them.
    """

    looks_per_s: list[float] = field(default_factory=list)
    app_per_s: list[float] = field(default_factory=list)
    look_ms: list[float] = field(default_factory=list)
    bare_ms: list[float] = field(default_factory=list)
    delay_ms: list[float] = field(default_factory=list)
    alone_per_s: list[float] = field(default_factory=list)
    beside_per_s: list[float] = field(default_factory=list)
    painted: list[float] = field(default_factory=list)
    cameras: dict[int, int] = field(default_factory=dict)

    @property
    def series(self) -> list[list[float]]:
        """What must settle: all that was measured in rounds."""
        found = (self.looks_per_s, self.app_per_s, self.look_ms, self.bare_ms, self.alone_per_s, self.beside_per_s)
        return [values for values in found if values]


def summary(measured: Measured, *, is_once: bool) -> dict[str, object]:
    """Return the figures; ratios are of a round each, their medians are told.

    No verdict after one round only, or where a limit varied by more than 20 % between rounds.
    """
    figures: dict[str, float] = {}
    if measured.looks_per_s:
        figures["throughput_vs_benchmark_app"] = _ratio(measured.looks_per_s, measured.app_per_s)
    if measured.look_ms:
        figures["non_inference_cpu_share"] = 1 - _ratio(measured.bare_ms, measured.look_ms)
    delay_ms = percentile(measured.delay_ms, 0.95)
    if delay_ms is not None:
        figures["overlay_delay_p95_ms"] = delay_ms
    if measured.beside_per_s:
        figures["beside_16_streams_ratio"] = _ratio(measured.beside_per_s, measured.alone_per_s)
        figures["painted_ratio"] = median(measured.painted)
    limits = [values for values in (measured.app_per_s, measured.bare_ms, measured.alone_per_s) if len(values) > 1]
    varied = max((spread(values) for values in limits), default=None)
    is_restless = is_once or (varied is not None and varied > RESTLESS_ABOVE)
    return {
        **{name: round(value, 3) for name, value in figures.items()},
        **{f"cameras_at_{looks}_per_s": count for looks, count in measured.cameras.items()},
        "limit_varied_by": None if varied is None else round(varied, 2),
        "missed": None if is_restless else missed(figures),
        "rounds": {
            "looks_per_s": _rounded(measured.looks_per_s),
            "benchmark_app_per_s": _rounded(measured.app_per_s),
            "cpu_ms_a_look": _rounded(measured.look_ms),
            "cpu_ms_a_bare_look": _rounded(measured.bare_ms),
            "alone_per_s": _rounded(measured.alone_per_s),
            "beside_per_s": _rounded(measured.beside_per_s),
        },
    }


def missed(figures: Mapping[str, float]) -> list[str]:
    """Return the names of the targets that were measured and not met."""
    under = [name for name, least in AT_LEAST.items() if name in figures and figures[name] < least]
    return under + [name for name, most in AT_MOST.items() if name in figures and figures[name] > most]


def holds(looks: Mapping[str, int], cameras: int, looks_per_s: float, passed_s: float) -> bool:
    """Say whether each of so many cameras was looked at as often as asked, but for one at the edge."""
    return len(looks) == cameras and min(looks.values()) + 1 >= HELD * looks_per_s * passed_s


def _ratio(ours: Sequence[float], theirs: Sequence[float]) -> float:
    return median(one / other for one, other in zip(ours, theirs, strict=True))


def _rounded(values: Sequence[float]) -> list[float]:
    return [round(value, 2) for value in values]
