"""A Snapshot as a file that can be sent: written, read back, and refused where it is no such file."""
