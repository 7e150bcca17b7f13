"""Claims about speech under misfortune: every session that was ordered has an end in the log, and the right one."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from console.application.errors import Unavailable
from console.application.talk import Heard, TalkDesk, TalkSettings
from console.domain.accounts import Actor
from console.domain.speaking import TalkSession, TalkStage
from console.infrastructure.channel.messages import AnyMessage, Talk, TalkState
from console.infrastructure.evidence_store import EvidenceStore
from console.infrastructure.watch.talks import TalkRoom
from tests.application.city import CAMERA, SHANGHAI, City, open_city, person
from tests.infrastructure.watch.builders import Wires


class Forgetful(TalkDesk):
    """A desk whose database can be away for what the station writes."""

    is_away = False

    def note(self, heard: Heard) -> None:
        if self.is_away:
            raise Unavailable("The database cannot be reached.")
        super().note(heard)


class Street:
    """A city with a station's room for speech."""

    def __init__(self, city: City, folder: Path) -> None:
        self.city = city
        self.wires = Wires()
        self.shown: list[AnyMessage] = []
        self.desk = Forgetful(city.units, city.queries, city.gate, city.clock, TalkSettings(zone=SHANGHAI))
        self._folder = folder
        self.room = self.new_room()

    def new_room(self, *, is_alone: bool = True) -> TalkRoom:
        """Begin a station: the one before it has died."""
        return TalkRoom(
            desk=self.desk,
            sealing=EvidenceStore(self._folder / "evidence"),
            talk_worker="talk-1",
            longest_s=60.0,
            clock=self.city.clock,
            send=self.wires.send,
            show=self.shown.append,
            tell=self.wires.tell,
            is_alone=is_alone,
        )

    def order(self, actor: Actor) -> TalkSession:
        talk = self.city.talk.speak(actor, self.city.line, CAMERA, "1")
        self.room.take_order(Talk(session_id=talk.talk_id, action="speak"))
        return talk

    def hear(self, talk: TalkSession, condition: str) -> None:
        self.room.take_state(TalkState.model_validate({"session_id": talk.talk_id, "condition": condition}))

    def kept(self, talk: TalkSession) -> TalkSession:
        return next(one for one in self.city.queries.talk_log(10) if one.talk_id == talk.talk_id)


@pytest.fixture
def street(tmp_path: Path) -> Iterator[Street]:
    with open_city(tmp_path) as city:
        yield Street(city, tmp_path)


@pytest.fixture
def li() -> Actor:
    return person("李文静")


def test_without_a_talk_worker_an_order_fails_at_once_and_the_speaker_is_free(street: Street, li: Actor) -> None:
    talk = street.order(li)
    assert street.kept(talk).stage is TalkStage.FAILED
    assert [state.condition for state in street.shown if isinstance(state, TalkState)] == ["failed"]
    assert street.wires.take("speak_phrase") == []

    street.room.note_new_worker()
    street.city.clock.wait(seconds=1)
    street.order(li)
    assert len(street.wires.take("speak_phrase")) == 1

    street.room.note_lost_worker()
    street.city.clock.wait(seconds=1)
    assert street.kept(street.order(li)).stage is TalkStage.FAILED


def test_what_a_dead_station_left_unsaid_has_an_end_when_the_next_one_begins(street: Street, li: Actor) -> None:
    street.room.note_new_worker()
    talk = street.order(li)
    street.hear(talk, "on_air")
    street.city.clock.wait(seconds=2)

    street.room = street.new_room()
    street.room.settle()

    assert street.kept(talk).stage is TalkStage.FAILED
    assert "not known" in street.kept(talk).failure
    # Whoever sent its order to the dead one and reaches the living is not spoken for a second time.
    street.room.note_new_worker()
    street.wires.sent.clear()
    street.room.take_order(Talk(session_id=talk.talk_id, action="speak"))
    assert street.wires.take("speak_phrase") == []


def test_beside_other_stations_only_what_is_too_old_to_go_on_is_ended(street: Street, li: Actor) -> None:
    street.room.note_new_worker()
    talk = street.order(li)
    street.city.clock.wait(seconds=2)
    street.room = street.new_room(is_alone=False)
    street.room.settle()
    assert street.kept(talk).stage is TalkStage.ORDERED
    street.city.clock.wait(seconds=90)
    street.room.settle()
    assert street.kept(talk).stage is TalkStage.FAILED


def test_a_session_that_goes_on_here_is_left_alone(street: Street, li: Actor) -> None:
    street.room.note_new_worker()
    talk = street.order(li)
    street.city.clock.wait(minutes=2)
    street.room.settle()
    assert street.kept(talk).stage is TalkStage.ORDERED


def test_an_end_that_the_database_would_not_take_is_written_when_it_is_back(street: Street, li: Actor) -> None:
    street.room.note_new_worker()
    talk = street.order(li)
    street.desk.is_away = True
    street.hear(talk, "on_air")
    street.hear(talk, "ended")
    street.room.settle()
    assert street.kept(talk).stage is TalkStage.ORDERED

    street.desk.is_away = False
    street.room.settle()
    assert street.kept(talk).stage is TalkStage.ENDED
    assert street.kept(talk).began_at is not None


def test_a_voice_that_dies_on_air_leaves_in_the_log_how_much_it_had_said_and_frees_the_speaker(
    street: Street, li: Actor
) -> None:
    street.room.note_new_worker()
    talk = street.order(li)
    on_air = {"session_id": talk.talk_id, "condition": "on_air", "elapsed_s": 3.4, "reached": {"S-14": "sent"}}
    street.room.take_state(TalkState.model_validate(on_air))
    street.room.note_lost_worker()
    kept = street.kept(talk)
    assert (kept.stage, kept.duration_s, kept.reached) == (TalkStage.FAILED, 3.4, {"S-14": "sent"})
    street.room.note_new_worker()
    street.city.clock.wait(seconds=1)
    street.order(li)
    assert len(street.wires.take("speak_phrase")) == 2
