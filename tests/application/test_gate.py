"""Claims about the gate: who may not, or not there, is told so, and a line says who tried what on which camera."""

from dataclasses import replace

import pytest

from console.application.errors import NotPermitted
from console.domain.accounts import Actor, Role, Scope, Verb
from tests.application.city import CAMERA, City, person

NEXT_STREET = Scope(areas=frozenset({"330199002"}))
THIS_STREET = Scope(areas=frozenset({"330199001"}))


def refusals(city: City) -> list[dict[str, str]]:
    with city.units.read() as unit:
        lines = unit.audit.lines(0, 100)
    return [
        {key: str(line.facts.detail[key]) for key in ("wanted", "why")}
        | {"camera": line.facts.camera_id, "subject": line.facts.subject}
        for line in lines
        if line.facts.verb == "refused"
    ]


def test_a_camera_of_ones_own_street_lets_pass(city: City, li: Actor) -> None:
    with city.units.read() as unit:
        camera = unit.directory.camera(CAMERA)
    city.gate.require(replace(li, scope=THIS_STREET), Verb.WATCH, camera=camera)
    assert refusals(city) == []


def test_a_camera_of_another_street_is_refused_and_the_line_names_it(city: City, li: Actor) -> None:
    with city.units.read() as unit:
        camera = unit.directory.camera(CAMERA)
    with pytest.raises(NotPermitted, match="place"):
        city.gate.require(replace(li, scope=NEXT_STREET), Verb.SPEAK, "talk-1", camera=camera)
    assert refusals(city) == [{"wanted": "speak", "camera": CAMERA, "why": "place", "subject": "talk-1"}]


def test_a_role_without_the_verb_is_refused_also_in_its_own_street(city: City) -> None:
    officer = replace(person("赵强", Role.OFFICER), scope=THIS_STREET)
    with city.units.read() as unit:
        camera = unit.directory.camera(CAMERA)
    with pytest.raises(NotPermitted, match="role"):
        city.gate.require(officer, Verb.SPEAK, camera=camera)
    assert refusals(city) == [{"wanted": "speak", "camera": CAMERA, "why": "role", "subject": ""}]
