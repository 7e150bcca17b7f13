"""The language of the command line: that of the terminal it is typed in."""

from collections.abc import Mapping

from console.words import CHINESE, ENGLISH, Words


def terminal_words(environment: Mapping[str, str]) -> Words:
    """Return words in Chinese where the terminal's locale is Chinese, else in English (POSIX order of variables)."""
    chosen = next((environment[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if environment.get(name)), "")
    return Words(CHINESE if chosen.startswith("zh") else ENGLISH)
