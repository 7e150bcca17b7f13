"""What operators' verdicts teach: a verifier for each camera and kind, on top of the detector's score."""
