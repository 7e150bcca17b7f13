"""The control channel between the processes of one machine."""
