"""What can go wrong outside the rules: the world failed, someone was first, or the role may not."""

from console.domain.errors import Refusal


class Unavailable(Refusal):
    """The world failed: a peer, a disk, a device, a database."""


class Stale(Refusal):
    """Someone was first; look again before deciding."""


class NotPermitted(Refusal):
    """The role may not do this, or not there."""


class CodeWanted(NotPermitted):
    """The password is right; the code of the second step is missing, wrong or used already."""
