"""Whether what a process holds stays what it was: two spans of a run compared."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from console.bench.processes import Look

SETTLES_FOR_S = 300.0  # caches fill, models compile, pools open: what a process holds is not yet what it needs
SPAN_S = 300.0
MOST_CHANGE = 0.05
# A pool may stand one thread or connection higher at one moment than at another; a leak does not stop at two.
LEEWAY = 2.0
LEAST_LOOKS = 3
_S_PER_HOUR = 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Spans:
    """The two spans of a run that are compared, in seconds since it began."""

    first: tuple[float, float]
    last: tuple[float, float]

    @classmethod
    def of_run(cls, lasted_s: float) -> "Spans":
        """Return minutes 5 to 10 and the last five; a short run is divided alike."""
        settled_s = min(SETTLES_FOR_S, lasted_s / 3)
        span_s = min(SPAN_S, (lasted_s - settled_s) / 2)
        return cls(first=(settled_s, settled_s + span_s), last=(lasted_s - span_s, lasted_s))


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """How one figure went: its medians in the two spans, its extremes and its slope over both and between."""

    first: float
    last: float
    least: float
    most: float
    per_hour: float

    @classmethod
    def of(cls, points: Sequence[tuple[float, float]], spans: Spans) -> "Course":
        """Args:
        points: moment (s) and value, at least one of them in each span.
        """
        settled = [(at_s, value) for at_s, value in points if at_s >= spans.first[0]]
        values = [value for _, value in settled]
        return cls(
            first=median(_within(settled, spans.first)),
            last=median(_within(settled, spans.last)),
            least=min(values),
            most=max(values),
            per_hour=slope(settled) * _S_PER_HOUR,
        )

    @property
    def change(self) -> float:
        """How far the last span's median lies from the first's, as a share of it."""
        return (self.last - self.first) / self.first if self.first else 0.0

    @property
    def is_flat(self) -> bool:
        return abs(self.last - self.first) <= LEEWAY

    def rounded(self, digits: int) -> dict[str, float]:
        names = ("first", "last", "least", "most", "per_hour")
        return {name: round(getattr(self, name), digits) for name in names}


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What is said of one role's processes.

    Attributes:
        is_judged: it was there in most of both spans; what comes and goes is told and not judged.
        faults: what changed, in words; empty where nothing did.
        doubts: a change of PSS that another program makes as well: whoever on this machine begins to map the same
            libraries takes a part of their pages over, and gives it back at its end.
    """

    role: str
    processes: int
    looks: int
    is_judged: bool
    faults: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()
    pss_mib: Course | None = None
    own_mib: Course | None = None
    rss_mib: Course | None = None
    threads: Course | None = None
    handles: Course | None = None

    def told(self) -> dict[str, object]:
        """Return it ready for JSON."""
        told: dict[str, object] = {
            "processes": self.processes,
            "looks": self.looks,
            "is_judged": self.is_judged,
            "faults": list(self.faults),
            "doubts": list(self.doubts),
        }
        if self.pss_mib is not None:
            told["pss_change"] = round(self.pss_mib.change, 4)
        for name in ("pss_mib", "own_mib", "rss_mib", "threads", "handles"):
            course: Course | None = getattr(self, name)
            if course is not None:
                told[name] = course.rounded(1)
        return told


def judge(role: str, looks: Sequence[Look], spans: Spans, all_at_s: Sequence[float]) -> Verdict:
    """Say how the processes of a role went; those that followed one another are one line.

    Args:
        all_at_s: the moments at which the run was looked at.
    """
    processes = len({look.pid for look in looks})
    was_there = [_share(looks, span, all_at_s) for span in (spans.first, spans.last)]
    if was_there[0] >= 0.5 > was_there[1]:
        gone = f"was there {was_there[1]:.0%} of the last span"
        return Verdict(role=role, processes=processes, looks=len(looks), is_judged=True, faults=(gone,))
    if min(was_there) < 0.5:
        return Verdict(role=role, processes=processes, looks=len(looks), is_judged=False)
    pss = Course.of([(look.at_s, look.pss_mib) for look in looks], spans)
    own = Course.of([(look.at_s, look.own_mib) for look in looks], spans)
    threads = Course.of([(look.at_s, look.threads) for look in looks], spans)
    handles = Course.of([(look.at_s, look.handles) for look in looks], spans)
    faults: list[str] = []
    doubts: list[str] = []
    if abs(own.change) > MOST_CHANGE:
        faults.append(f"its own memory went from {own.first:.1f} to {own.last:.1f} MiB ({own.change:+.1%})")
    elif abs(pss.change) > MOST_CHANGE:
        doubts.append(f"PSS went from {pss.first:.1f} to {pss.last:.1f} MiB ({pss.change:+.1%}), its own part did not")
    for name, course in (("threads", threads), ("handles", handles)):
        if not course.is_flat:
            faults.append(f"{name} went from {course.first:.0f} to {course.last:.0f}")
    return Verdict(
        role=role,
        processes=processes,
        looks=len(looks),
        is_judged=True,
        faults=tuple(faults),
        doubts=tuple(doubts),
        pss_mib=pss,
        own_mib=own,
        rss_mib=Course.of([(look.at_s, look.rss_mib) for look in looks], spans),
        threads=threads,
        handles=handles,
    )


def slope(points: Sequence[tuple[float, float]]) -> float:
    """Return the rise per second of the straight line nearest to the points (least squares)."""
    if len(points) < 2:
        return 0.0
    middle_s = sum(at_s for at_s, _ in points) / len(points)
    middle = sum(value for _, value in points) / len(points)
    spread = sum((at_s - middle_s) ** 2 for at_s, _ in points)
    return sum((at_s - middle_s) * (value - middle) for at_s, value in points) / spread if spread else 0.0


def _share(looks: Sequence[Look], span: tuple[float, float], all_at_s: Sequence[float]) -> float:
    wanted = len(_within([(at_s, at_s) for at_s in all_at_s], span))
    seen = len(_within([(look.at_s, look.at_s) for look in looks], span))
    return seen / wanted if wanted >= LEAST_LOOKS else 0.0


def _within(points: Sequence[tuple[float, float]], span: tuple[float, float]) -> list[float]:
    return [value for at_s, value in points if span[0] <= at_s <= span[1]]
