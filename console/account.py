"""``citydesk account``: accounts from the machine itself, above all the first administrator of a site.

Whoever can run this can read the site's folder; nothing more is asked of them, and each act is audited as theirs.
"""

import argparse
import getpass
import os
import sys
from typing import TextIO

from console.application.accounts_desk import AccountLine, AccountsDesk, NewAccount
from console.application.permissions import Gate
from console.domain.accounts import Actor, Role, Scope
from console.domain.errors import DomainError
from console.domain.ids import CameraId
from console.infrastructure.database.present import is_present
from console.infrastructure.database.upgrading import upgrade
from console.infrastructure.passwords import Argon2PasswordHasher
from console.infrastructure.terminal import terminal_words
from console.machine_hand import DONE, at_the_machine, with_site
from console.site import DEFAULT_SITE, Site
from console.words import Words


def main(arguments: list[str]) -> int:
    """Return 0 when it was done, 1 when it was refused; the reason stands on the last line."""
    words = terminal_words(os.environ)
    chosen = _parser(words).parse_args(arguments)

    def work(site: Site) -> int:
        if not is_present(site.database):
            upgrade(site.database)
        desk = AccountsDesk(site.units, Gate(site.units, site.clock), Argon2PasswordHasher(), site.clock, site.vault)
        print(_act(desk, at_the_machine(), chosen, words))
        return DONE

    return with_site(chosen.site, words, work)


def _parser(words: Words) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="citydesk account")
    acts = parser.add_subparsers(dest="act", required=True)
    add = acts.add_parser("add", help=words.say("add an account; the first is an administrator's"))
    add.add_argument("--shown", default="", help=words.say("the name that screens and the audit show"))
    add.add_argument("--role", choices=[role.value for role in Role], default=Role.ADMINISTRATOR.value)
    add.add_argument(
        "--area", action="append", default=[], help=words.say("digits a grid cell begins with; again for more")
    )
    add.add_argument("--camera", action="append", default=[], help=words.say("a camera by its id; again for more"))
    listing = acts.add_parser("list", help=words.say("list the accounts"))
    disable = acts.add_parser("disable", help=words.say("take an account out of use"))
    password = acts.add_parser("password", help=words.say("give an account another password"))
    unlock = acts.add_parser("unlock", help=words.say("let an account try again after wrong tries"))
    one_step = acts.add_parser("one-step", help=words.say("end an account's second step, when its device is lost"))
    for act in (add, disable, password, unlock, one_step):
        act.add_argument("name", help=words.say("the sign-in name"))
    for act in (add, listing, disable, password, unlock, one_step):
        act.add_argument("--site", default=DEFAULT_SITE)
    return parser


def _act(desk: AccountsDesk, actor: Actor, chosen: argparse.Namespace, words: Words) -> str:
    """Do it and return what to say of it."""
    if chosen.act == "list":
        return "\n".join(_said(line, words) for line in desk.all(actor))
    if chosen.act == "add":
        scope = Scope(areas=frozenset(chosen.area), cameras=frozenset(CameraId(name) for name in chosen.camera))
        desk.add(
            actor,
            NewAccount(
                sign_in_name=chosen.name,
                display_name=chosen.shown or chosen.name,
                role=Role(chosen.role),
                password=read_password(sys.stdin, words),
                scope=scope,
            ),
        )
        return words.say("Account {name} is there.", name=chosen.name)
    account = _named(desk, actor, chosen.name)
    if chosen.act == "disable":
        desk.change(
            actor,
            account.account_id,
            display_name=account.display_name,
            role=account.role,
            scope=account.scope,
            is_active=False,
        )
    elif chosen.act == "password":
        desk.set_password(actor, account.account_id, read_password(sys.stdin, words))
    elif chosen.act == "unlock":
        desk.unlock_out(actor, account.account_id)
    else:
        desk.end_totp(actor, account.account_id)
    return words.say("Account {name} is changed.", name=chosen.name)


def read_password(source: TextIO, words: Words) -> str:
    """Return a password typed twice without being shown, or one line of a pipe. Never an argument: those are public.

    Raises:
        DomainError: the two differ.
    """
    if not source.isatty():
        return source.readline().rstrip("\r\n")
    first = getpass.getpass(words.say("Password: "))
    if getpass.getpass(words.say("Once more: ")) != first:
        raise DomainError("The two passwords differ. Nothing was changed.")
    return first


def _named(desk: AccountsDesk, actor: Actor, sign_in_name: str) -> AccountLine:
    for line in desk.all(actor):
        if line.sign_in_name == sign_in_name:
            return line
    raise DomainError("There is no account {name}.", name=sign_in_name)


def _said(line: AccountLine, words: Words) -> str:
    state = words.say("in use") if line.is_active else words.say("out of use")
    if line.is_locked_out:
        state = words.say("locked after wrong tries")
    places = " ".join(sorted(line.scope.areas | line.scope.cameras)) or words.say("everywhere")
    return f"{line.sign_in_name}\t{line.display_name}\t{line.role.value}\t{places}\t{state}"
