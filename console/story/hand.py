"""One key pressed by a process of its own: what a storm kills in the middle of a verb is a seat, not a line."""

import subprocess
import sys
import threading
from collections.abc import Callable

from console.application.alarm_review import Filing
from console.application.sign_in import SignIn
from console.demo.site import PASSWORD, SEAT, SITE_NAME
from console.desks import Desks
from console.domain.ids import AlarmId, CaseId
from console.infrastructure.passwords import Argon2PasswordHasher
from console.infrastructure.supervisor import command_for, environment_for_child
from console.site import Site

PRESSING = "pressing"
ANSWERS_WITHIN_S = 60.0
KEYS = ("confirm", "file", "send back", "close")
REASON = "复核仍在"


def press(key: str, subject_id: str) -> int:
    """Sign in as the operator and press one key; says so a moment before. Used by ``story --press`` alone."""
    site = Site.open(SITE_NAME)
    try:
        desks = Desks.of(site)
        actor = SignIn(site.units, Argon2PasswordHasher(), site.clock, site.vault).sign_in("op", PASSWORD, SEAT)
        acts: dict[str, Callable[[], object]] = {
            "file": lambda: desks.cases.file(actor, AlarmId(subject_id)),
            "send back": lambda: desks.cases.rework(actor, CaseId(subject_id), REASON),
        }
        if key in ("confirm", "close"):
            category = desks.review.categories()
            code = (
                site.queries.alarm_card(AlarmId(subject_id)).row.category
                if key == "confirm"
                else site.queries.case_page(CaseId(subject_id)).case.category
            )
            matter = next(item for item in category if item.code == code)
            filing = Filing(matter.code, matter.filing[0].code)
            acts["confirm"] = lambda: desks.review.confirm(actor, AlarmId(subject_id), filing)
            acts["close"] = lambda: desks.cases.close(actor, CaseId(subject_id), matter.closing[0].code)
        print(PRESSING, flush=True)
        acts[key]()
    finally:
        site.close()
    return 0


def press_and_die(key: str, subject_id: str, after_s: float) -> int:
    """Let another process press the key, kill it this long (s) after it began to, and return its exit code.

    It is 0 when the key was quicker, and below 0 when the kill was.
    """
    words = [part for part in command_for("seat", ()) if part not in ("--role", "seat")]
    process = subprocess.Popen(
        [*words, "story", "--press", key, subject_id],
        stdout=subprocess.PIPE,
        stderr=sys.stderr,
        text=True,
        env=environment_for_child({}),
    )
    assert process.stdout is not None
    late = threading.Timer(ANSWERS_WITHIN_S, process.kill)
    late.start()
    try:
        for line in process.stdout:
            if line.strip() == PRESSING:
                threading.Event().wait(after_s)
                break
    finally:
        late.cancel()
        process.kill()
        process.stdout.close()
        code = process.wait()
    return code
