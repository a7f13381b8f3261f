"""Tests of what commands give out."""
