"""A screen elsewhere: a process that shows what an authorised seat sends to it."""
