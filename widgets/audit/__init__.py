"""The auditor's page: the trail of who did what."""
