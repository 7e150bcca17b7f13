"""The same job in a storm: processes killed and stopped, the database locked, the department failing, by a seed."""

import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from console.application.read_models import AlarmCard
from console.demo.site import WATCHED_CAMERA
from console.infrastructure.clock import SystemClock
from console.infrastructure.starting import seems_to_run
from console.story.far_ends import FarEnds, Told, keepers_of, processes_of, slots_of, waiting_hits
from console.story.faults import Deed, Thing, plan_of
from console.story.hand import press_and_die
from console.story.seat import Patience, StoryFailed
from console.story.steps import Story
from console.story.storm import Storm, Struck

# Waits are bound by what a restart costs: imports and a model on a busy machine, back-offs of the supervisor and of
# deliveries; twice a calm day's held in every storm that ended well (2026-11-22, two cores).
IN_A_STORM = Patience(longer=2.0, is_pressing_again=True)
OVER_WITHIN_S = 60.0
GONE_WITHIN_S = 15.0  # a worker that has just been started ends when it has imported what it needs
LOOK_EVERY_S = 0.1
# After its hit an alarm's stills are written at once, and its clip as it comes, for so long (ClipSettings.post_roll_s).
WRITTEN_WITHIN = timedelta(seconds=5)


class ChaoticStory:
    """One telling in one storm. Used from one thread; ``end`` leaves no process behind."""

    def __init__(self, story: Story, seed: str, clock: SystemClock, tell: Callable[[Struck], None]) -> None:
        """Args:
        tell: told of each fault when it has happened; called in the storm's thread.
        """
        self._story = story
        self._clock = clock
        self._tell = tell
        self._began_at: datetime = clock.now()
        self._plan = plan_of(seed)
        self._storm: Storm | None = None
        self._has_ended = False
        story.before_key = self._let_a_seat_die
        story.has_taken_packets = self._has_taken_packets
        story.has_taken_station = self._has_taken_station

    def steps(self) -> Iterator[tuple[str, Callable[[], str]]]:
        """Return the steps of the story, each with its storm, then the far ends, then what must have gone."""
        steps = iter(self._story.steps())
        yield next(steps)
        self._storm = Storm(self._plan, self._story.site, self._story.demo, self._story.neighbours, self._tell)
        self._storm.start()
        for name, step in steps:
            self._storm.note_step(name)
            yield name, step
        yield "the storm is over", self._wait_for_calm
        yield from self._far_ends().checks()
        yield "all are gone", self._end

    def told(self) -> str:
        """Return the faults that have happened so far, in one line."""
        return self._storm.told() if self._storm is not None else "none"

    def end(self) -> None:
        """End what still runs; a second time there is nothing."""
        if self._has_ended:
            return
        self._has_ended = True
        if self._storm is not None:
            self._storm.end()
        self._story.end()

    def _let_a_seat_die(self, step: str, key: str, subject_id: str) -> None:
        """Before the operator presses a key, another seat presses it and dies over it, if the plan says so."""
        for fault in self._plan:
            if fault.thing is Thing.SEAT and fault.step == step and self._storm is not None:
                press_and_die(key, subject_id, fault.after_s)
                self._storm.note(fault)

    def _has_taken_packets(self, card: AlarmCard) -> bool:
        """Tell whether the worker that alone kept the alarm's packets was killed before it can have written them."""
        if self._storm is None or card.rule is None:
            return False
        hit_at = card.began_at + timedelta(seconds=card.rule.dwell_s)
        keepers = keepers_of(self._story.site, f"{WATCHED_CAMERA}/main")
        return any(
            struck.fault.deed is Deed.KILL
            and struck.fault.thing in keepers
            and hit_at <= struck.at <= hit_at + WRITTEN_WITHIN
            for struck in self._storm.struck
        )

    def _has_taken_station(self) -> bool:
        """Tell whether the station was killed and none runs."""
        killed = self._storm is not None and any(
            struck.fault.deed is Deed.KILL and struck.fault.thing is Thing.STATION for struck in self._storm.struck
        )
        return killed and not seems_to_run(self._story.site.endpoint_file)

    def _wait_for_calm(self) -> str:
        storm = self._storm
        assert storm is not None
        self._wait("all is calm", OVER_WITHIN_S, lambda: storm.is_over)
        return f"{len(storm.struck)} faults happened and were taken back"

    def _far_ends(self) -> FarEnds:
        assert self._storm is not None
        return FarEnds(
            Told(
                site=self._story.site,
                demo=self._story.demo,
                department=self._story.control.department,
                case_id=self._story.case_id,
                number=self._story.number,
                began_at=self._began_at,
                struck=self._storm.struck,
            )
        )

    def _end(self) -> str:
        """End everything and see it gone: processes within five seconds, slot files, waiting hits."""
        self.end()
        folder = self._story.folder
        left: list[str] = []

        def are_gone() -> bool:
            left[:] = [str(process) for process in processes_of(folder)]
            return not left

        self._wait("no process is left", GONE_WITHIN_S, are_gone, lambda: f"({left})")
        slots = slots_of(self._story.site)
        if slots:
            raise StoryFailed(f"slot files are left: {slots}")
        waiting = waiting_hits(self._story.site)
        if waiting:
            raise StoryFailed(f"{waiting} hits still wait in the journal")
        return "no process, slot file or waiting hit is left"

    def _wait(self, what: str, within_s: float, is_so: Callable[[], bool], why: Callable[[], str] = lambda: "") -> None:
        give_up_s = self._clock.monotonic_s() + within_s
        pause = threading.Event()
        while not is_so():
            if self._clock.monotonic_s() > give_up_s:
                raise StoryFailed(f"not seen within {within_s:.0f} s: {what} {why()}".rstrip())
            pause.wait(LOOK_EVERY_S)
