"""The words of the learning page: a row for each camera and kind, a row for each of its lessons, what they mean."""

from collections.abc import Mapping
from types import MappingProxyType

from console.application.learning_desk import KeptOffAlarm, LearningState, Learnt, Taught
from console.domain.errors import DomainError
from console.domain.verifier_policy import UNLIKELY
from console.domain.verifiers import LEAST_OF_EACH
from console.words import N_
from widgets.common.text_table import TextRow
from widgets.state.telling import Named, Teller, Told

NOTHING = "–"
HEADS = (
    N_("Camera"),
    N_("Kind"),
    N_("Confirmed"),
    N_("Dismissed"),
    N_("State"),
    N_("False alarms left"),
    N_("Lesson"),
    N_("Its line"),
    N_("Kept off"),
    N_("Drift"),
)
CAMERA_COLUMN = 0
LESSON_HEADS = (
    N_("Lesson"),
    N_("Taught"),
    N_("From verdicts"),
    N_("False alarms left"),
    N_("Right order"),
    N_("Error of its probability"),
    N_("Better than the score"),
)
KEPT_HEADS = (N_("Raised"), N_("Camera"), N_("Kind"), N_("Probability"))
KEPT_STRETCHED = 1
STATE_WORDS: Mapping[LearningState, str] = MappingProxyType(
    {
        LearningState.SILENT: N_("Silent"),
        LearningState.NO_BETTER: N_("No better than the score"),
        LearningState.RANKING: N_("Ranks"),
        LearningState.SUPPRESSING: N_("Keeps off"),
    }
)
_MEANINGS: Mapping[LearningState, str] = MappingProxyType(
    {
        LearningState.SILENT: N_(
            "No lesson until {least} alarms were confirmed and {least} dismissed: {missing} more of the rarer sort."
        ),
        LearningState.NO_BETTER: N_(
            "In shadow: its lesson tells real from false no better than the detector's score, so nothing is done by it."
        ),
        LearningState.RANKING: N_(
            "Alarms below {unlikely} % stand behind the others of their priority. None is kept off: no line is set."
        ),
        LearningState.SUPPRESSING: N_(
            "Alarms below {line} % are kept off the queue and listed. Shown are one of {sampled}, and high priority."
        ),
    }
)


def key_of(learnt: Learnt) -> str:
    """Return what a row is known by."""
    return f"{learnt.subject.camera_id}\n{learnt.subject.category}"


def camera_name(learnt: Learnt | KeptOffAlarm) -> str:
    """Return the camera as it is said at a desk."""
    camera = learnt.camera
    return " ".join(part for part in (camera.number, camera.name or camera.place.address) if part)


def kind_name(learnt: Learnt | KeptOffAlarm, teller: Teller) -> str:
    """Return the kind in the language of now; its code where the directory no longer has it."""
    kind = learnt.kind
    subject = learnt.subject if isinstance(learnt, Learnt) else learnt.kept.subject
    return subject.category if kind is None else teller.say(Named(kind.zh, kind.en))


def row_of(learnt: Learnt, teller: Teller) -> TextRow:
    """Return the cells of a camera and kind."""
    lesson, line = learnt.in_force, learnt.setting.line
    return TextRow(
        key_of(learnt),
        (
            camera_name(learnt),
            kind_name(learnt, teller),
            str(learnt.real),
            str(learnt.false),
            teller.say(Told(STATE_WORDS[learnt.state])),
            NOTHING if lesson is None else _left(lesson),
            NOTHING if lesson is None else str(lesson.number),
            f"{line:.0%}" if line else NOTHING,
            str(learnt.kept_off) if learnt.kept_off else NOTHING,
            _drift(learnt, teller),
        ),
    )


def lesson_row(lesson: Taught, learnt: Learnt, teller: Teller) -> TextRow:
    """Return the cells of a lesson; the one in force says so."""
    is_in_force = learnt.in_force is not None and learnt.in_force.lesson_id == lesson.lesson_id
    number = str(lesson.number)
    if is_in_force:
        number = teller.say(Told(N_("{number}, in force"), {"number": number}))
    yes_or_no = N_("Yes") if lesson.is_better else N_("No")
    return TextRow(
        lesson.lesson_id,
        (
            number,
            f"{teller.day(lesson.taught_at)} {teller.minute(lesson.taught_at)}",
            f"{lesson.real} + {lesson.false}",
            _left(lesson),
            f"{lesson.before.auc:.2f} → {lesson.after.auc:.2f}",
            f"{lesson.uncalibrated.brier:.3f} → {lesson.after.brier:.3f}",
            teller.say(Told(yes_or_no)),
        ),
    )


def told_meaning(learnt: Learnt) -> Told:
    """Return what the state means."""
    setting = learnt.setting
    values = {
        "least": LEAST_OF_EACH,
        "missing": learnt.missing,
        "unlikely": round(UNLIKELY * 100),
        "line": round(setting.line * 100),
        "sampled": round(1 / setting.sampled),
    }
    return Told(_MEANINGS[learnt.state], values)


def kept_row(alarm: KeptOffAlarm, teller: Teller) -> TextRow:
    """Return the cells of an alarm that is kept off."""
    kept = alarm.kept
    return TextRow(
        kept.alarm_id,
        (
            f"{teller.day(kept.raised_at)} {teller.clock(kept.raised_at)}",
            camera_name(alarm),
            kind_name(alarm, teller),
            f"{kept.probability:.0%}",
        ),
    )


def line_of(written: str) -> float:
    """Return a line as a share of what was written as a percentage.

    Raises:
        DomainError: it is no number.
    """
    try:
        return float(written.strip().rstrip("%％") or "0") / 100
    except ValueError as cause:
        raise DomainError("“{text}” is not a percentage; write it like 20.", text=written.strip()) from cause


def calibration_of(learnt: Learnt, teller: Teller) -> str:
    """Return what the lesson in force said of alarms it had not seen, and what was so; empty without one."""
    if learnt.in_force is None:
        return ""
    bins = learnt.in_force.after.calibration
    pairs = " · ".join(f"{one.said:.0%} → {one.were:.0%} ({one.count})" for one in bins)
    return teller.say(Told(N_("Probability said → share confirmed (alarms): {pairs}"), {"pairs": pairs}))


def _left(lesson: Taught) -> str:
    return f"{lesson.before.false_at_recall:.0%} → {lesson.after.false_at_recall:.0%}"


def _drift(learnt: Learnt, teller: Teller) -> str:
    if learnt.drift is None:
        return NOTHING if learnt.in_force is None else teller.say(Told(N_("Too few since")))
    words = N_("{index}, another street") if learnt.has_drifted else N_("{index}, as it was")
    return teller.say(Told(words, {"index": f"{learnt.drift:.2f}"}))
