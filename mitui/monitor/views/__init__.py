"""From the watch state to the Snapshot: the view of each part, its status, and what is kept until it changes."""
