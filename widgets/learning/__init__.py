"""What verdicts taught, for supervisors."""
