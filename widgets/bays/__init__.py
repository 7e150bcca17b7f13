"""Parking bays, for operators."""
