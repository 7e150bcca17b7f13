"""What a seat keeps of its wall: views by name and number, what it likes to see, bookmarks, and stills taken."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from console.application.errors import Stale
from console.application.permissions import Gate
from console.application.ports import Clock, UnitOfWork, UnitsOfWork
from console.domain.accounts import Actor, Verb
from console.domain.audit import AuditFacts
from console.domain.cameras import StreamProfile
from console.domain.errors import DomainError
from console.domain.ids import CameraId, new_id
from console.domain.wall_views import Bookmark, Salvo, Tour, View, WallHabits, free_number
from console.domain.walls import Wall

# Judgement: what one person can look through; older ones are found by the recordings of their camera.
MOST_LISTED = 200
LONGEST_WORDS = 500


class WallBook:
    """The verbs on what is kept. Safe from any thread."""

    def __init__(self, units: UnitsOfWork, gate: Gate, clock: Clock) -> None:
        self._units = units
        self._gate = gate
        self._clock = clock

    def views(self, actor: Actor) -> Sequence[View]:
        """Return the seat's own views and those of every seat, by number."""
        self._gate.require(actor, Verb.WATCH, "views")
        with self._units.read() as unit:
            return sorted(unit.wall_book.views(actor.seat_id), key=lambda view: view.number)

    def keep_view(self, actor: Actor, name: str, shows: Wall | Salvo | Tour) -> View:
        """Keep a view for the actor's seat, under the lowest free number.

        Raises:
            DomainError: no name, or no number left.
        """
        self._gate.require(actor, Verb.WATCH, "views")
        with self._units.write() as unit:
            number = free_number(unit.wall_book.views(actor.seat_id), is_shared=False)
            view = View(view_id=new_id(), name=name.strip(), number=number, seat_id=actor.seat_id, shows=shows)
            unit.wall_book.put_view(view)
            unit.audit.append(self._facts(actor, "keep_view", view))
            unit.commit()
        return view

    def change_tour(self, actor: Actor, view_id: str, tour: Tour) -> View:
        """Give a tour of the seat's own other steps or another dwell. Raises as ``remove_view``."""
        self._gate.require(actor, Verb.WATCH, "views")
        with self._units.write() as unit:
            view = replace(self._own(unit.wall_book.views(actor.seat_id), view_id), shows=tour)
            unit.wall_book.put_view(view)
            unit.audit.append(self._facts(actor, "keep_view", view))
            unit.commit()
        return view

    def remove_view(self, actor: Actor, view_id: str) -> None:
        """Remove one of the seat's own views.

        Raises:
            DomainError: it is every seat's. Stale: it is not there any more.
        """
        self._gate.require(actor, Verb.WATCH, "views")
        with self._units.write() as unit:
            view = self._own(unit.wall_book.views(actor.seat_id), view_id)
            unit.wall_book.remove_view(view_id)
            unit.audit.append(self._facts(actor, "remove_view", view))
            unit.commit()

    def share_view(self, actor: Actor, view_id: str) -> View:
        """Let every seat call one of the seat's own views; it gets a number that is free for all. Raises ``Stale``."""
        self._gate.require(actor, Verb.SHARE_VIEW, view_id)
        with self._units.write() as unit:
            views = unit.wall_book.views(actor.seat_id)
            view = self._own(views, view_id)
            if isinstance(view.shows, Tour) and view.shows.views:
                shared = {one.view_id for one in views if one.is_shared}
                if not shared.issuperset(view.shows.views):
                    raise DomainError("Share the views of this tour first.")
            view = replace(view, seat_id=None, number=free_number(views, is_shared=True))
            unit.wall_book.put_view(view)
            unit.audit.append(self._facts(actor, "share_view", view))
            unit.commit()
        return view

    def unshare_view(self, actor: Actor, view_id: str) -> View:
        """Make a shared view the seat's own again. Raises ``Stale``."""
        self._gate.require(actor, Verb.SHARE_VIEW, view_id)
        with self._units.write() as unit:
            views = unit.wall_book.views(actor.seat_id)
            view = next((view for view in views if view.view_id == view_id and view.is_shared), None)
            if view is None:
                raise Stale("This view is not there any more.")
            view = replace(view, seat_id=actor.seat_id, number=free_number(views, is_shared=False))
            unit.wall_book.put_view(view)
            unit.audit.append(self._facts(actor, "unshare_view", view))
            unit.commit()
        return view

    def habits(self, actor: Actor) -> WallHabits:
        """Return what the actor's seat likes to see."""
        self._gate.require(actor, Verb.WATCH, "wall")
        with self._units.read() as unit:
            return unit.wall_book.habits(actor.seat_id) or WallHabits()

    def keep_habits(self, actor: Actor, habits: WallHabits) -> None:
        """Remember what the actor's seat likes to see."""
        self._gate.require(actor, Verb.WATCH, "wall")
        with self._units.write() as unit:
            unit.wall_book.put_habits(actor.seat_id, habits)
            unit.commit()

    def mark(self, actor: Actor, camera_id: CameraId, at: datetime, words: str = "") -> Bookmark:
        """Mark a moment of a camera, with words to find it by.

        Args:
            at: of the picture that is marked.
        """
        self._gate.require(actor, Verb.WATCH, camera_id, camera_id=camera_id)
        made = Bookmark(
            bookmark_id=new_id(),
            camera_id=camera_id,
            at=at,
            words=words.strip()[:LONGEST_WORDS],
            made_by=actor.display_name,
            seat_id=actor.seat_id,
            made_at=self._clock.now(),
        )
        with self._units.write() as unit:
            unit.wall_book.add_bookmark(made)
            unit.audit.append(
                self._gate.facts(
                    actor, "bookmark", made.bookmark_id, camera_id=camera_id, from_at=at, to_at=at, reason=made.words
                )
            )
            unit.commit()
        return made

    def marks(self, actor: Actor) -> Sequence[Bookmark]:
        """Return the newest bookmarks of the cameras that the actor may watch, the newest first."""
        actor = self._gate.require(actor, Verb.WATCH, "bookmarks")
        with self._units.read() as unit:
            marks = unit.wall_book.bookmarks(MOST_LISTED)
            may = {name for name in {mark.camera_id for mark in marks} if _may_watch(unit, actor, name)}
        return [mark for mark in marks if mark.camera_id in may]

    def take_still(
        self, actor: Actor, camera_id: CameraId, at: datetime, file: str, *, profile: StreamProfile | None, sha256: str
    ) -> None:
        """Let a still of a camera be written to a file of this name, and note who took it.

        The line stands before the file: a picture that left the system without one must not be.

        Args:
            profile: the stream that it is of; ``None`` for the picture that the tile happened to show.
            sha256: of the file's bytes.
        """
        self._gate.require(actor, Verb.WATCH, camera_id, camera_id=camera_id)
        with self._units.write() as unit:
            unit.audit.append(
                self._gate.facts(
                    actor, "snapshot", camera_id, camera_id=camera_id, from_at=at, to_at=at,
                    file=file, source=profile.value if profile is not None else "tile", sha256=sha256,
                )
            )  # fmt: skip
            unit.commit()

    def _own(self, views: Sequence[View], view_id: str) -> View:
        view = next((view for view in views if view.view_id == view_id), None)
        if view is None:
            raise Stale("This view is not there any more.")
        if view.is_shared:
            raise DomainError("This view is every seat's. The shift leader can take it back with H.")
        return view

    def _facts(self, actor: Actor, verb: str, view: View) -> AuditFacts:
        return self._gate.facts(actor, verb, view.view_id, name=view.name, number=view.number)


def _may_watch(unit: UnitOfWork, actor: Actor, camera_id: CameraId) -> bool:
    """Say whether the actor may watch a camera; one that left the directory is for who acts everywhere."""
    try:
        camera = unit.directory.camera(camera_id)
    except Stale:
        return actor.scope.is_everywhere and actor.may(Verb.WATCH)
    return actor.may(Verb.WATCH, camera.place, camera_id)
