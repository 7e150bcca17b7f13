"""Why a rule raised an alarm, in the operator's words."""

from datetime import timedelta

from console.domain.evidence import RuleFacts
from console.domain.rules import RuleFamily
from console.words import N_
from widgets.evidence.objects import LABEL_WORDS
from widgets.state.telling import Named, Told

_RAISED = {
    RuleFamily.STANDING_VEHICLE: N_("stands in zone {zone}"),
    RuleFamily.LOITERING: N_("stays about in zone {zone}"),
    RuleFamily.INTRUSION: N_("is in zone {zone}, where nobody may be"),
    RuleFamily.LINE_CROSSING: N_("crossed line {zone}"),
    RuleFamily.WRONG_WAY: N_("goes the wrong way in zone {zone}"),
    RuleFamily.CROWD: N_("many people in zone {zone}"),
    RuleFamily.BIKES_OUT_OF_PLACE: N_("bikes stand together in zone {zone}"),
    RuleFamily.BAYS: N_("stands in parking bay {zone} longer than allowed"),
    RuleFamily.ABSENCE: N_("what has to be in zone {zone} is missing"),
    RuleFamily.SIGHTED: N_("is to be seen in zone {zone}"),
    RuleFamily.VENDOR: N_("somebody stays beside a cart or goods in zone {zone}"),
    RuleFamily.BIN_OVERFLOW: N_("rubbish over the rim or beside the bin in zone {zone}"),
    RuleFamily.PLACE_CHANGE: N_("zone {zone} is not as its reference shows it"),
    RuleFamily.STATIC_OBJECT: N_("something in zone {zone} is not as it was"),
    RuleFamily.THROWN: N_("something fell past façade {zone}"),
}
_FOUND = {
    RuleFamily.STANDING_VEHICLE: N_("Stood in zone {zone}"),
    RuleFamily.LOITERING: N_("Stayed about in zone {zone}"),
    RuleFamily.INTRUSION: N_("Was in zone {zone}"),
    RuleFamily.LINE_CROSSING: N_("Crossed line {zone}"),
    RuleFamily.WRONG_WAY: N_("Went the wrong way in zone {zone}"),
    RuleFamily.CROWD: N_("Many people in zone {zone}"),
    RuleFamily.BIKES_OUT_OF_PLACE: N_("Bikes stood together in zone {zone}"),
    RuleFamily.BAYS: N_("Stood in parking bay {zone} longer than allowed"),
    RuleFamily.ABSENCE: N_("Was missing in zone {zone}"),
    RuleFamily.SIGHTED: N_("Was to be seen in zone {zone}"),
    RuleFamily.VENDOR: N_("Trade in zone {zone}"),
    RuleFamily.BIN_OVERFLOW: N_("Bin overflowed in zone {zone}"),
    RuleFamily.PLACE_CHANGE: N_("Zone {zone} was not as its reference"),
    RuleFamily.STATIC_OBJECT: N_("Something in zone {zone} was not as before"),
    RuleFamily.THROWN: N_("Fell past façade {zone}"),
}
_TOWARD = {
    "left": N_("to the left of the picture"),
    "right": N_("to the right of the picture"),
    "up": N_("away, up in the picture"),
    "down": N_("nearer, down in the picture"),
}
_LEVELS = {"warning": N_("warning level"), "alarm": N_("alarm level")}
_CHANGES = {
    "came": N_("something was left that was not there before"),
    "went": N_("something that stood there was taken away"),
    "missing": N_("it has to be there and was not seen"),
    "not_as_reference": N_("it looks otherwise than when its reference was taken"),
    "over_rim": N_("something stands over the rim that was not there before"),
    "beside_bin": N_("something lies beside the foot that was not there before"),
}
STEADY_PER_MIN = 1.0
"""A count that changes by less than one person a minute stays about the same (judgement)."""


def found_by(rule: RuleFacts) -> Told:
    """Return in one line what was found, for a case that has it behind it."""
    return Told(_FOUND[rule.family], {"zone": rule.zone_name})


def reasons_of(rule: RuleFacts) -> list[tuple[Told, Told]]:
    """Return what the rule saw, as heads and sentences, the rule itself first."""
    rows = [(Told(N_("Rule")), Told(_RAISED[rule.family], {"zone": rule.zone_name}))]
    if rule.has_stayed:
        dwell = Told(N_("{dwell} (by media time)"), {"dwell": timedelta(seconds=rule.dwell_s)})
        rows.append((Told(N_("Dwell")), dwell))
    known = dict(rule.reasons)
    for name, value in rule.reasons:
        match name, value:
            case "level", str():
                rows.append((Told(N_("Level")), Told(_LEVELS[value])))
            case "jam_s", float() | int():
                jam = {"jam": timedelta(seconds=value)}
                rows.append((Told(N_("Jam")), Told(N_("{jam} of it in a jam; not counted"), jam)))
            case "toward", str():
                rows.append((Told(N_("Direction")), Told(_TOWARD[value])))
            case "change", str():
                rows.append((Told(N_("Change")), Told(_CHANGES[value])))
            case "brought_by", str():
                who = Told(N_("{who} was nearest as it came"), {"who": _thing(value)})
                rows.append((Told(N_("Nearest then")), who))
            case "beside", str():
                rows.append((Told(N_("Beside them")), Told(N_("{what} in reach"), {"what": _thing(value)})))
            case "off_by_degrees", float() | int():
                off = Told(N_("{degrees}° off the way that is allowed"), {"degrees": f"{value:.0f}"})
                rows.append((Told(N_("Direction")), off))
            case "covered_share", float() | int():
                covered = Told(N_("{share} % of the bin's size"), {"share": f"{100 * value:.0f}"})
                rows.append((Told(N_("Covers")), covered))
            case "changed_share", float() | int():
                changed = Told(N_("{share} % of the zone"), {"share": f"{100 * value:.0f}"})
                rows.append((Told(N_("Changed")), changed))
            case "votes", float() | int():
                rows.append((Told(N_("Looks that say so")), _votes(value, known.get("of_votes"))))
            case "bay", float() | int():
                rows.append((Told(N_("Bay")), Told(N_("bay {number} of its row"), {"number": f"{value:.0f}"})))
            case "count", float() | int():
                rows.append((Told(N_("Count")), _count(value, known.get("least_count"))))
            case "density_per_m2", float() | int():
                dense = Told(N_("{density} per square metre"), {"density": f"{value:.1f}"})
                rows.append((Told(N_("Density")), dense))
            case "storeys_fallen", float() | int():
                fall = {"storeys": f"{value:.1f}", "seconds": f"{rule.dwell_s:.1f}"}
                rows.append((Told(N_("Fall")), Told(N_("over {storeys} storeys, seen for {seconds} s"), fall)))
                rows.append((Told(N_("Window")), Told(N_("of this façade; masked until it is opened at the case"))))
            case "trend_per_minute", float() | int():
                rows.append((Told(N_("Trend")), _trend(value)))
    return rows


def _thing(label: str) -> Told | Named:
    return Told(LABEL_WORDS[label]) if label in LABEL_WORDS else Named(label, label)


def _count(count: float, least: float | str | None) -> Told:
    if least is None:
        return Told(N_("{count} in the zone"), {"count": f"{count:.0f}"})
    return Told(N_("{count}, from {least} on it is one"), {"count": f"{count:.0f}", "least": f"{float(least):.0f}"})


def _votes(votes: float, of_votes: float | str | None) -> Told:
    whole = votes if of_votes is None else float(of_votes)
    return Told(N_("{count} of the last {whole}"), {"count": f"{votes:.0f}", "whole": f"{whole:.0f}"})


def _trend(per_minute: float) -> Told:
    if abs(per_minute) < STEADY_PER_MIN:
        return Told(N_("about the same"))
    words = N_("{count} more each minute") if per_minute > 0 else N_("{count} fewer each minute")
    return Told(words, {"count": f"{abs(per_minute):.0f}"})
