"""The panes: pure functions of a snapshot and the time."""
