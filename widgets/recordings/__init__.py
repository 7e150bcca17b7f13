"""Recordings at a seat: found, played, kept as evidence, locked and deleted; and replays beside the live wall."""
