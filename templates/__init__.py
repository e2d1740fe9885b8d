"""What ships with sheets-sync as data: playbooks today, messages and pages later."""
