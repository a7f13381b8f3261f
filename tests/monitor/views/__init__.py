"""Tests of how Snapshots are built."""
