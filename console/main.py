"""The command line: finds a verb's or a role's module by name and runs it."""

import argparse
import importlib
import importlib.util
import os
import sys
from collections.abc import Callable, Sequence
from types import ModuleType

from console.infrastructure.parent import end_with_parent
from console.infrastructure.terminal import terminal_words
from console.roles import ROLES, STANDING_ALONE, VERBS
from console.words import Words

NOT_BUILT = 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what the words ask for and return the exit code.

    Without a verb: print the help. A verb of later work says so and returns 2.
    """
    leave_telemetry_out()
    words = list(sys.argv[1:] if arguments is None else arguments)
    if words[:1] == ["--role"]:
        return _run_role(words[1:])
    said = terminal_words(os.environ)
    parser = _parser(said)
    if not words or words[0] in {"-h", "--help"}:
        parser.print_help()
        return 0
    chosen = parser.parse_args(words[:1])
    run = _find_main(VERBS[chosen.verb].module)
    if run is None:
        print(said.say("citydesk {verb}: not built yet", verb=chosen.verb), file=sys.stderr)
        return NOT_BUILT
    return run(words[1:])


def leave_telemetry_out() -> None:
    """Keep OpenVINO's package from reporting its use to an analytics service when it is imported.

    A command centre's machines tell nobody that they run. The package falls back to a stub of its own where
    openvino_telemetry cannot be imported; ``None`` in sys.modules is Python's way to say so.
    """
    modules: dict[str, ModuleType | None] = vars(sys)["modules"]
    modules.setdefault("openvino_telemetry", None)


def _run_role(words: list[str]) -> int:
    if not words or words[0] not in ROLES:
        print(f"citydesk: --role takes one of {', '.join(ROLES)}", file=sys.stderr)
        return NOT_BUILT
    if words[0] not in STANDING_ALONE:
        end_with_parent()  # before its imports, which take seconds
    run = _find_main(ROLES[words[0]])
    if run is None:
        print(f"citydesk: the role {words[0]} is not built yet", file=sys.stderr)
        return NOT_BUILT
    return run(words[1:])


def _parser(words: Words) -> argparse.ArgumentParser:
    width = max(map(len, VERBS))
    verbs = "\n".join(f"  {name:<{width}}  {words.say(verb.purpose)}" for name, verb in VERBS.items())
    parser = argparse.ArgumentParser(
        prog="citydesk",
        description=words.say("A desktop console for a city's command centre."),
        epilog=f"{verbs}\n\n{words.say('`citydesk VERB --help` says what a verb takes.')}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("verb", choices=VERBS, metavar="VERB", help=words.say("what to do:"))
    return parser


def _find_main(module: str) -> Callable[[list[str]], int] | None:
    """Return the module's ``main``, or that of its ``__main__``; None where neither has been built."""
    for name in (module, f"{module}.__main__"):
        if _exists(name):
            found: Callable[[list[str]], int] | None = getattr(importlib.import_module(name), "main", None)
            if found is not None:
                return found
    return None


def _exists(module: str) -> bool:
    parts = module.split(".")
    for length in range(1, len(parts) + 1):
        spec = importlib.util.find_spec(".".join(parts[:length]))
        if spec is None or (length < len(parts) and spec.submodule_search_locations is None):
            return False
    return True
