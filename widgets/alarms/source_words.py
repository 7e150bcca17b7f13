"""What is said of where an alarm comes from, and of what people reported."""

from console.application.read_models import AlarmCard
from console.domain.alarms import Source
from console.domain.intake import report_number
from console.words import N_
from widgets.state.telling import Teller, Told

SOURCE_WORDS = {
    Source.VIDEO: N_("A rule"),
    Source.SENSOR: N_("A sensor"),
    Source.CITIZEN: N_("A citizen"),
    Source.HOTLINE: N_("The hotline"),
    Source.PATROL: N_("A patrol"),
    Source.SEAT: N_("A seat"),
    Source.CAMERA: N_("A camera that is out of order"),
}
REPORTS_SHOWN = 3  # the newest; how many there are is said by the row's hits


def reports_of(card: AlarmCard, teller: Teller) -> list[tuple[str, str]]:
    """Return who reported it and what they said, as labels and values; newest first."""
    rows = [(teller.say(Told(N_("Reported by"))), teller.say(Told(SOURCE_WORDS[card.row.source])))]
    for said in reversed(card.said[-REPORTS_SHOWN:]):
        head = teller.say(Told("{time}", {"time": said.at}))
        who = " ".join(part for part in (said.name, said.contact) if part)
        number = ""
        if said.source is Source.CITIZEN:
            number = teller.say(Told(N_("report {number}"), {"number": report_number(said.report_id)}))
        rows.append((head, " • ".join(part for part in (said.text, who, number) if part) or "—"))
    return rows
