"""What the detector calls things, in the operator's words."""

from console.domain.evidence import RuleFacts
from console.words import N_
from widgets.state.telling import Teller, Told

LABEL_WORDS = {
    "car": N_("Car"),
    "truck": N_("Truck"),
    "bus": N_("Bus"),
    "motorcycle": N_("Motorcycle"),
    "bicycle": N_("Bicycle"),
    "person": N_("Person"),
    "thing": N_("Thing"),
    "goods": N_("Goods"),
    "fire": N_("Fire"),
    "flame": N_("Fire"),
    "smoke": N_("Smoke"),
}


def object_words(teller: Teller, rule: RuleFacts | None) -> str:
    """Return name and score for the plate over a box; empty without a rule."""
    if rule is None:
        return ""
    word = LABEL_WORDS.get(rule.label)
    name = teller.say(Told(word)) if word is not None else rule.label
    return f"{name} {rule.score:.2f}"
