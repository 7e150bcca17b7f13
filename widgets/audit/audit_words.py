"""A line of the audit in the words of its list."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from zoneinfo import ZoneInfo

from console.application.audit_desk import BREAK_WORDS, values_of
from console.application.read_models import AuditQuery, RegisterRow
from console.domain.audit_check import ChainCheck
from console.domain.errors import DomainError
from console.words import N_
from widgets.common.text_table import TextRow
from widgets.state.telling import Teller, Told

HEADS = (N_("Line"), N_("Time"), N_("Who"), N_("Seat"), N_("Act"), N_("Camera"), N_("Span"), N_("Case"), N_("Reason"))
REASON_COLUMN = HEADS.index(N_("Reason"))

# Who acts without being anybody: the program itself, and a wall or a try that nobody had signed in for.
NO_PERSONS: Mapping[str, str] = MappingProxyType(
    {"station": N_("the station"), "nobody": N_("nobody signed in"), "unknown": N_("an unknown name")}
)
ACT_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "acknowledge": N_("acknowledged an alarm"),
        "add_account": N_("added an account"),
        "add_camera": N_("added a camera"),
        "anchor": N_("anchored the trail"),
        "answer": N_("took in an answer"),
        "ask_device": N_("asked a device who it is"),
        "ask_recheck": N_("asked the camera to look again"),
        "begin_second_step": N_("began a second step"),
        "change_account": N_("changed an account"),
        "change_camera": N_("changed a camera"),
        "claim": N_("took an alarm"),
        "close": N_("closed a case"),
        "confirm": N_("confirmed an alarm"),
        "bookmark": N_("marked a moment"),
        "cut_recording": N_("cut evidence from a recording"),
        "delete_recordings": N_("deleted recordings"),
        "back_to_normal": N_("its sensor said it is back to normal"),
        "broker_password_kept": N_("kept the broker's password"),
        "deliver": N_("delivered a case"),
        "deliver_failed": N_("a delivery failed"),
        "dismiss": N_("dismissed an alarm"),
        "end_second_step": N_("ended a second step"),
        "evidence_missing": N_("evidence could not be kept"),
        "export_audit": N_("exported the trail"),
        "open_window": N_("opened a masked window"),
        "export_evidence": N_("exported evidence"),
        "export_cameras": N_("wrote out the directory"),
        "file": N_("filed a case"),
        "find_devices": N_("searched the network for cameras"),
        "hear_report": N_("took in a further report of an alarm"),
        "import_cameras": N_("took in a table of cameras"),
        "live_view": N_("began to watch"),
        "live_view_ended": N_("stopped watching"),
        "listen": N_("asked to hear a camera"),
        "live_sound": N_("began to listen"),
        "live_sound_ended": N_("stopped listening"),
        "hear_recording": N_("asked to hear a recording"),
        "hear_clip": N_("asked to hear a clip"),
        "kept_sound": N_("began to hear what was kept"),
        "kept_sound_ended": N_("stopped hearing what was kept"),
        "keep_view": N_("kept a view of the wall"),
        "lock_evidence": N_("locked evidence"),
        "lock_recordings": N_("locked recordings"),
        "add_model": N_("added a detector"),
        "use_model": N_("chose the detector that watches"),
        "remove_model": N_("took a detector away"),
        "keep_ptz_tours": N_("changed a camera's tours"),
        "settle_bay": N_("settled who stood in a parking bay"),
        "keep_rules": N_("changed a camera's rules"),
        "copy_rules": N_("copied rules to a camera"),
        "open_rules": N_("opened a camera's rules and picture"),
        "lock_screen": N_("locked the seat"),
        "issue_screen_key": N_("gave a screen a key"),
        "revoke_screen_key": N_("took a screen's key back"),
        "send_to_screen": N_("showed a wall on a screen"),
        "clear_screen": N_("cleared a screen"),
        "locked_out": N_("was locked out"),
        "merge": N_("merged alarms"),
        "open_alarm": N_("opened an alarm"),
        "open_case": N_("opened a case"),
        "open_microphone": N_("opened the microphone"),
        "own_password": N_("changed their own password"),
        "own_password_refused": N_("could not change their own password"),
        "park": N_("a delivery was stopped"),
        "play_recording": N_("replayed a recording"),
        "look_back": N_("looked again at the last minutes"),
        "postpone": N_("postponed an alarm"),
        "print_report": N_("printed the shift report"),
        "ptz_leave": N_("let a camera go"),
        "ptz_set_up": N_("set up how a camera is turned"),
        "ptz_take": N_("took a camera to turn it"),
        "ptz_take_over": N_("took a camera over"),
        "ptz_tour": N_("began a camera's tour"),
        "ptz_turn": N_("turned a camera"),
        "appeal_case": N_("took in an appeal"),
        "extend_case": N_("extended a case's time"),
        "judge_appeal": N_("judged an appeal"),
        "resume_case": N_("let a case run on"),
        "suspend_case": N_("suspended a case"),
        "urge_case": N_("urged a unit"),
        "void_case": N_("voided a case"),
        "warn_case": N_("warned of a deadline"),
        "put_sensors": N_("registered sensors"),
        "recover": N_("ended an alarm that is back to normal"),
        "raise_alarm": N_("raised an alarm"),
        "read_platform": N_("took cameras over from a sharing platform"),
        "recheck": N_("the camera looked again"),
        "reclass": N_("re-classed an alarm"),
        "record": N_("began to record"),
        "refused": N_("was refused"),
        "push_key_forgotten": N_("took a sending device's key away"),
        "place_code_made": N_("made a code for a place"),
        "place_code_forgotten": N_("took a place's code away"),
        "token_issued": N_("gave a partner a new token"),
        "token_forgotten": N_("took a partner's token away"),
        "push_key_issued": N_("gave a sending device a new key"),
        "push_refused": N_("tried to send pictures with a wrong key"),
        "release": N_("gave an alarm back"),
        "forget_stays": N_("forgot old stays in parking bays"),
        "release_locks": N_("released locks after their time"),
        "remove_camera": N_("removed a camera"),
        "remove_view": N_("removed a view of the wall"),
        "renew_reference": N_("said that a camera looks as it should"),
        "reroute": N_("changed the unit"),
        "resend": N_("sent again"),
        "retention": N_("deleted after its time"),
        "rework": N_("sent a case back"),
        "seal_evidence": N_("sealed evidence"),
        "search_audit": N_("searched the trail"),
        "search_recordings": N_("searched recordings"),
        "set_password": N_("set a password"),
        "set_second_step": N_("set up a second step"),
        "share_view": N_("shared a view of the wall"),
        "sign_in": N_("signed in"),
        "sign_in_refused": N_("was not let in"),
        "sign_out": N_("signed out"),
        "snapshot": N_("took a snapshot"),
        "speak": N_("spoke to the street"),
        "speak_failed": N_("speech failed"),
        "spoke": N_("the street was spoken to"),
        "stop_recording": N_("stopped recording"),
        "stop_speaking": N_("stopped the speech"),
        "take_over": N_("took over an alarm"),
        "undo_filing": N_("took a case back"),
        "undo_verdict": N_("took a verdict back"),
        "try_rule": N_("tried a rule on recordings"),
        "try_camera": N_("looked at a camera before it was added"),
        "unlock": N_("unlocked"),
        "unlock_account": N_("let an account try again"),
        "unlock_evidence": N_("unlocked evidence"),
        "unlock_recordings": N_("unlocked recordings"),
        "unlock_refused": N_("could not unlock the seat"),
        "unlock_screen": N_("unlocked the seat"),
        "unshare_view": N_("took a shared view back"),
        "set_verifier_line": N_("set the line below which alarms are kept off"),
        "go_back_a_lesson": N_("went back a lesson"),
        "follow_newest_lesson": N_("let the newest lesson judge"),
        "show_kept_off": N_("showed an alarm that was kept off"),
        "verify_audit": N_("checked the trail"),
        "view_evidence": N_("looked at evidence"),
    }
)


def row_of(row: RegisterRow, teller: Teller) -> TextRow:
    """Return the list's row of a line."""
    facts = row.line.facts
    return TextRow(
        str(row.line.position),
        (
            str(row.line.position),
            f"{teller.day(facts.at)} {teller.clock(facts.at)}",
            who_of(facts.who, teller),
            facts.seat_id,
            act_of(facts.verb, teller),
            " ".join(part for part in (row.camera_number, row.camera_name) if part) or facts.camera_id,
            span_of(facts.from_at, facts.to_at, teller),
            row.case_number or facts.case_id,
            facts.reason,
        ),
    )


def who_of(who: str, teller: Teller) -> str:
    """Return a person's name without the account's id; who is no person is named in the operator's language."""
    return teller.say(Told(NO_PERSONS[who])) if who in NO_PERSONS else who.split(" (", 1)[0]


def act_of(verb: str, teller: Teller) -> str:
    """Return an act in the operator's language; one that this version does not know, as it is written."""
    return teller.say(Told(ACT_WORDS[verb])) if verb in ACT_WORDS else verb


def span_of(begins: datetime | None, ends: datetime | None, teller: Teller) -> str:
    if begins is None and ends is None:
        return ""
    first = f"{teller.day(begins)} {teller.clock(begins)}" if begins is not None else "…"
    return f"{first} – {teller.clock(ends) if ends is not None else '…'}"


def query_of(
    who: str, verb: str, camera: str, case: str, text: str, days: tuple[str, str], zone: ZoneInfo
) -> AuditQuery:
    """Return what was written to look for; days are whole and local, both included.

    Raises:
        DomainError: a day is none.
    """
    begins, ends = (_day(typed, zone) for typed in days)
    return AuditQuery(
        from_at=begins,
        to_at=ends + timedelta(days=1) if ends is not None else None,
        who=who.strip(),
        verb=verb,
        camera_id=camera.strip(),
        case_id=case.strip(),
        text=text.strip(),
    )


def _day(typed: str, zone: ZoneInfo) -> datetime | None:
    if not typed.strip():
        return None
    try:
        return datetime.strptime(typed.strip(), "%Y-%m-%d").replace(tzinfo=zone)
    except ValueError as cause:
        raise DomainError("“{text}” is not a day; write it like 2026-11-22.", text=typed.strip()) from cause


def told_check(check: ChainCheck) -> Told:
    """Return the outcome of a check: whole, or the first thing that is not as it was written."""
    if check.is_whole:
        return Told(N_("The trail is whole: {lines} lines are as they were written."), {"lines": check.lines})
    first = check.breaks[0]
    return Told(BREAK_WORDS[first.kind], values_of(first), True)
