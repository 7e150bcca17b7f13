"""Which module runs which verb or role. Names only: nothing is imported until it is asked for."""

from dataclasses import dataclass

from console.words import N_


@dataclass(frozen=True, slots=True)
class Verb:
    """What a person can type after ``citydesk``.

    Attributes:
        module: has ``main(arguments: list[str]) -> int``, in itself or in its ``__main__``.
        purpose: a message key of the catalogue.
    """

    module: str
    purpose: str


VERBS: dict[str, Verb] = {
    "seat": Verb("console.seat", N_("Open the operator's window; starts a station if none runs.")),
    "station": Verb("console.station", N_("Watch, record, time and deliver, without a window.")),
    "node": Verb("console.node", N_("A station without seats, on another machine.")),
    "demo": Verb("console.demo", N_("The demo site: cameras, a speaker and a department of its own, and a seat.")),
    "story": Verb("console.story", N_("Run the main job without a person and prove each step at the far end.")),
    "doctor": Verb("console.doctor.command", N_("Say what is missing or wrong on this machine, and the cure.")),
    "models": Verb("console.models", N_("List detectors, check one of your own, and choose which one watches.")),
    "assets": Verb("console.infrastructure.assets.command", N_("List, fetch or verify models, voices and footage.")),
    "bench": Verb("console.bench", N_("Measure this machine.")),
    "evaluate": Verb("console.evaluate", N_("Score the rules on labelled clips.")),
    "account": Verb("console.account", N_("Keep accounts from this machine; makes a site's first administrator.")),
    "cameras": Verb("console.cameras", N_("Take a table of cameras into the directory, or write one.")),
    "push": Verb("console.push", N_("Give a device that sends to us its key, or take it away.")),
    "intake": Verb(
        "console.intake", N_("Give a partner that reports to us its token, a place its code, or take them away.")
    ),
    "sensors": Verb("console.sensors", N_("Register sensors from a table, and list them with what they say.")),
    "platform": Verb("console.platform", N_("Keep a sharing platform's login, or ask whether it answers.")),
    "evidence": Verb("console.evidence", N_("Verify an evidence file.")),
    "report": Verb("console.report", N_("Make a report from the records.")),
    "audit": Verb("console.audit", N_("Read and verify the audit trail.")),
    "wall": Verb("console.wall", N_("A screen elsewhere: shows what a seat sends to it.")),
}

# The processes a station or the demo starts as children: `python -m console --role NAME …`.
ROLES: dict[str, str] = {
    "seat": "console.seat",
    "station": "console.station",
    "node": "console.node",
    "media-worker": "console.infrastructure.video.worker",
    "vision-worker": "console.infrastructure.vision.worker",
    "learner": "console.learner",
    "quantizer": "console.quantizer",
    "rule-trial": "console.infrastructure.vision.trial",
    "talk-worker": "console.infrastructure.voice.worker",
    "talk-renderer": "console.infrastructure.voice.renderer",
    "push-listener": "console.infrastructure.pushed.listener",
    "intake": "console.intake_server",
    "pdf": "console.infrastructure.documents.pdf",
    "upgrade": "console.upgrade",
    "bare-window": "console.seat.bare_window",
    "naive-wall": "console.bench.naive_wall",
    "even-cameras": "console.demo.even_cameras",
    "demo-cameras": "console.demo.cameras",
    "demo-speaker": "console.demo.speaker",
    "demo-department": "console.demo.department",
}

# Those that live on when whoever started them ends; every other role ends with its parent.
STANDING_ALONE = frozenset({"seat", "station", "node"})
