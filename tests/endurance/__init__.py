"""Weeks of faults in seconds, and minutes of them in a real terminal: ``pytest tests/endurance -m long`` for all."""
