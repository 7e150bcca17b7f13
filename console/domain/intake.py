"""Partners that report to us: a hotline, a citizens' service, a contractor's sensors."""

import re

BROKER_PASSWORD = "mqtt-broker"  # what the vault keeps it under
PARTNER_NAME = re.compile(r"[a-z0-9_-]{1,40}")


def token_name(partner: str) -> str:
    """Return what the vault keeps a partner's token under."""
    return f"intake-{partner}"
