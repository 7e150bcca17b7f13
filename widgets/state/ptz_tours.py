"""A camera's tours while somebody changes them: what is kept, what was changed, the way back. Frozen, pure."""

from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta

from console.domain.deadlines import WorkingCalendar
from console.domain.errors import DomainError
from console.domain.ptz import (
    EVERY_DAY,
    MIDNIGHT,
    MOST_STOPS,
    MOST_TOURS,
    DayKind,
    Preset,
    PtzTour,
    TourStop,
    due_of,
)
from console.words import N_
from widgets.state.telling import Teller, Told

MOST_BACK = 50  # changes that can be undone
DWELLS_S = (5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 300, 600, 900, 1800, 3600)
FIRST_DWELL = timedelta(seconds=30)  # judgement: long enough to see what happens there
DAY_WORDS = (N_("Mon"), N_("Tue"), N_("Wed"), N_("Thu"), N_("Fri"), N_("Sat"), N_("Sun"))
KIND_WORDS = {
    DayKind.ANY: N_("holidays like other days"),
    DayKind.WORKED: N_("only working days"),
    DayKind.OFF: N_("only days off and holidays"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TourForm:
    """A tour on its way; it may still lack what a tour needs."""

    name: str = ""
    stops: tuple[TourStop, ...] = ()
    is_on: bool = False
    days: frozenset[int] = EVERY_DAY
    kept_to: DayKind = DayKind.ANY
    begins: time = MIDNIGHT
    ends: time = MIDNIGHT

    def tour(self) -> PtzTour:
        """Return it as it can be kept.

        Raises:
            DomainError: it has not two presets, or no day.
        """
        return PtzTour(
            stops=self.stops,
            name=self.name.strip(),
            is_on=self.is_on,
            days=self.days,
            kept_to=self.kept_to,
            begins=self.begins,
            ends=self.ends,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class TourDraft:
    """Attributes:
    kept: what the station goes by.
    at, stop: the selected tour, and the selected step of it.
    before: what the forms were, newest last.
    """

    kept: tuple[PtzTour, ...] = ()
    forms: tuple[TourForm, ...] = ()
    at: int = 0
    stop: int = 0
    before: tuple[tuple[TourForm, ...], ...] = ()

    @property
    def form(self) -> TourForm | None:
        return self.forms[self.at] if self.at < len(self.forms) else None

    @property
    def is_changed(self) -> bool:
        return self.forms != _forms_of(self.kept)

    def tours(self) -> tuple[PtzTour, ...]:
        """Return the tours as they can be kept.

        Raises:
            DomainError: one of them lacks something.
        """
        return tuple(form.tour() for form in self.forms)


def read(kept: tuple[PtzTour, ...], before: TourDraft | None = None) -> TourDraft:
    """Return what was read, with the same tour and step selected as before, and the way back."""
    if before is None:
        return TourDraft(kept=kept, forms=_forms_of(kept))
    return _held(replace(before, kept=kept, forms=_forms_of(kept)))


def with_new(draft: TourDraft) -> TourDraft:
    """Add a tour without presets, and select it."""
    if len(draft.forms) >= MOST_TOURS:
        raise DomainError("A camera has at most {most} tours.", most=MOST_TOURS)
    return replace(_changed(draft, (*draft.forms, TourForm())), at=len(draft.forms), stop=0)


def without(draft: TourDraft) -> TourDraft:
    """Take the selected tour away."""
    return _changed(draft, tuple(form for at, form in enumerate(draft.forms) if at != draft.at))


def become(draft: TourDraft, form: TourForm) -> TourDraft:
    """Put this in the place of the selected tour; what stays the same is no change."""
    if draft.form is None or draft.form == form:
        return draft
    return _changed(draft, tuple(form if at == draft.at else one for at, one in enumerate(draft.forms)))


def with_stop(draft: TourDraft, preset: str) -> TourDraft:
    """Add a step at a preset behind the selected one, and select it; it stays as long as that one."""
    form = draft.form
    if form is None:
        return draft
    if len(form.stops) >= MOST_STOPS:
        raise DomainError("A tour has at most {most} steps.", most=MOST_STOPS)
    at = min(draft.stop + 1, len(form.stops))
    dwell = form.stops[draft.stop].dwell if draft.stop < len(form.stops) else FIRST_DWELL
    stops = (*form.stops[:at], TourStop(preset=preset, dwell=dwell), *form.stops[at:])
    return replace(become(draft, replace(form, stops=stops)), stop=at)


def without_stop(draft: TourDraft) -> TourDraft:
    form = draft.form
    if form is None or draft.stop >= len(form.stops):
        return draft
    return become(draft, replace(form, stops=tuple(one for at, one in enumerate(form.stops) if at != draft.stop)))


def moved_stop(draft: TourDraft, from_at: int, to_at: int) -> TourDraft:
    """Move a step to another place in the order, and keep it selected."""
    form = draft.form
    if form is None or not (0 <= from_at < len(form.stops) and 0 <= to_at < len(form.stops)):
        return draft
    stops = list(form.stops)
    stops.insert(to_at, stops.pop(from_at))
    return replace(become(draft, replace(form, stops=tuple(stops))), stop=to_at)


def changed_stop(draft: TourDraft, *, longer: int = 0, turns_rules: bool = False) -> TourDraft:
    """Let the selected step stay longer (shorter below 0), or turn its rules on or off."""
    form = draft.form
    if form is None or draft.stop >= len(form.stops):
        return draft
    old = form.stops[draft.stop]
    new = replace(old, dwell=_stepped(old.dwell, longer), watches=old.watches is not turns_rules)
    return become(
        draft, replace(form, stops=tuple(new if at == draft.stop else one for at, one in enumerate(form.stops)))
    )


def undone(draft: TourDraft) -> TourDraft:
    """Take the last change back."""
    if not draft.before:
        return draft
    return _held(replace(draft, forms=draft.before[-1], before=draft.before[:-1]))


def selected(draft: TourDraft, *, at: int | None = None, stop: int | None = None) -> TourDraft:
    if at is not None and at != draft.at:
        return _held(replace(draft, at=at, stop=0))
    return _held(replace(draft, stop=stop)) if stop is not None else draft


def hours_in(text: str) -> time:
    """Return a time of day as it was typed: ``8``, ``08:00``, ``8：30``.

    Raises:
        DomainError: it is none.
    """
    hours, _, minutes = text.strip().replace("：", ":").partition(":")
    try:
        return time(int(hours) % 24 if int(hours) <= 24 else -1, int(minutes or 0))
    except ValueError as cause:
        raise DomainError("“{text}” is no time of day; it looks like 08:30.", text=text) from cause


# ---- words -------------------------------------------------------------------------------------------------------


def step_words(stop: TourStop, number: int, presets: tuple[Preset, ...], teller: Teller) -> str:
    """Return a step in one line: its number, preset, dwell, and whether rules watch there."""
    name = next((one.name for one in presets if one.token == stop.preset), "") or stop.preset
    rules = Told(N_("rules on")) if stop.watches else Told(N_("rules off"))
    return f"{number}   {name}   ·   {teller.span(stop.dwell)}   ·   {teller.say(rules)}"


def runs_words(form: TourForm, teller: Teller) -> str:
    """Return when a tour runs: days, hours, and what it makes of holidays."""
    say = teller.say
    if form.days == EVERY_DAY:
        days = say(Told(N_("every day")))
    else:
        days = " ".join(say(Told(DAY_WORDS[day])) for day in sorted(form.days)) or "–"
    hours = say(Told(N_("all day"))) if form.begins == form.ends else f"{form.begins:%H:%M}–{form.ends:%H:%M}"
    kept = [say(Told(KIND_WORDS[form.kept_to]))] if form.kept_to is not DayKind.ANY else []
    return " · ".join([days, hours, *kept])


def stand_of(draft: TourDraft, at: int, local: datetime, calendar: WorkingCalendar, condition: str) -> Told:
    """Return how a tour stands.

    Args:
        condition: what the station says of the camera; empty while it says nothing.
    """
    form = draft.forms[at]
    if at >= len(draft.kept) or _forms_of(draft.kept)[at] != form:
        return Told(N_("changed, not kept"))
    if not form.is_on:
        return Told(N_("stopped"))
    if due_of(draft.kept, local, calendar) is not draft.kept[at]:
        return Told(N_("waits for its hours"))
    if condition in ("held", "turning"):
        return Told(N_("waits: somebody turns the camera"))
    return Told(N_("running")) if condition == "tour" else Told(N_("about to run"))


def _forms_of(kept: tuple[PtzTour, ...]) -> tuple[TourForm, ...]:
    return tuple(
        TourForm(
            name=one.name,
            stops=one.stops,
            is_on=one.is_on,
            days=one.days,
            kept_to=one.kept_to,
            begins=one.begins,
            ends=one.ends,
        )
        for one in kept
    )


def _changed(draft: TourDraft, forms: tuple[TourForm, ...]) -> TourDraft:
    return _held(replace(draft, forms=forms, before=(*draft.before, draft.forms)[-MOST_BACK:]))


def _held(draft: TourDraft) -> TourDraft:
    """Keep what is selected within what there is."""
    at = max(0, min(draft.at, len(draft.forms) - 1))
    stops = len(draft.forms[at].stops) if draft.forms else 0
    return replace(draft, at=at, stop=max(0, min(draft.stop, stops - 1)))


def _stepped(dwell: timedelta, by: int) -> timedelta:
    seconds = dwell.total_seconds()
    if by > 0:
        return timedelta(seconds=next((one for one in DWELLS_S if one > seconds), seconds))
    if by < 0:
        return timedelta(seconds=next((one for one in reversed(DWELLS_S) if one < seconds), seconds))
    return dwell
