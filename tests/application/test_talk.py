"""Claims about speaking: the place is filled in, nobody is believed to be heard who is not, and all of it is logged."""

from datetime import UTC, datetime

import pytest

from console.application.errors import NotPermitted, Unavailable
from console.application.talk import Heard
from console.domain.accounts import Actor, Role
from console.domain.errors import DomainError, TransitionRefused
from console.domain.speaking import TalkSession, TalkStage
from tests.application.city import CAMERA, City, person


def speak(city: City, actor: Actor) -> TalkSession:
    return city.talk.speak(actor, city.line, CAMERA, "1")


def end(city: City, talk: TalkSession, stage: TalkStage = TalkStage.ENDED) -> None:
    city.talk.note(
        Heard(
            talk_id=talk.talk_id,
            stage=stage,
            at=city.clock.now(),
            duration_s=4.2,
            reached={"S-14": "sent"},
            pcm_sha256="cd" * 32,
        )
    )


def test_a_ready_sentence_names_the_place_of_the_tile(city: City, li: Actor) -> None:
    assert speak(city, li).text == "学府路 12 号的商户您好，请勿占道经营。"


def test_a_speaker_is_held_until_the_session_has_ended(city: City, li: Actor, wang: Actor) -> None:
    talk = speak(city, li)
    with pytest.raises(TransitionRefused, match="held by seat 02"):
        speak(city, wang)
    end(city, talk)
    speak(city, wang)


def test_a_session_whose_station_died_frees_its_speaker(city: City, li: Actor, wang: Actor) -> None:
    speak(city, li)
    city.clock.wait(minutes=2)
    speak(city, wang)


def test_nothing_is_played_in_quiet_hours(city: City, li: Actor) -> None:
    city.clock.at = datetime(2026, 11, 23, 4, 30, tzinfo=UTC)  # half past twelve in Shanghai
    with pytest.raises(DomainError, match="12:00–14:00"):
        speak(city, li)
    assert not city.line.orders


def test_when_the_station_is_away_the_log_says_that_nothing_was_played(city: City, li: Actor) -> None:
    city.line.is_cut = True
    with pytest.raises(Unavailable):
        speak(city, li)
    (logged,) = city.talk.log(li)
    assert logged.stage is TalkStage.FAILED
    city.line.is_cut = False
    speak(city, li)  # and the speaker is free again


def test_the_log_keeps_who_said_what_where_and_its_digest(city: City, li: Actor) -> None:
    talk = speak(city, li)
    end(city, talk)
    (logged,) = city.talk.log(li)
    assert (logged.display_name, logged.camera_id, logged.reached) == ("李文静", CAMERA, {"S-14": "sent"})
    assert logged.pcm_sha256 == "cd" * 32 and "spoke" in city.audit_verbs()


def test_an_end_told_twice_is_one_line(city: City, li: Actor) -> None:
    talk = speak(city, li)
    end(city, talk)
    end(city, talk, TalkStage.FAILED)
    assert city.talk.log(li)[0].stage is TalkStage.ENDED
    assert city.audit_verbs().count("spoke") == 1 and "speak_failed" not in city.audit_verbs()


def test_an_officer_may_not_speak(city: City) -> None:
    with pytest.raises(NotPermitted):
        speak(city, person("赵强", Role.OFFICER))
