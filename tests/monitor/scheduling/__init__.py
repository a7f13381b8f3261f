"""Tests of what is due when."""
