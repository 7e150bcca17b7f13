"""The seat: one operator's window. It wires pages to desks and to the station, and decides nothing itself."""
