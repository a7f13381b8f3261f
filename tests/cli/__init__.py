"""Tests of mitui.cli."""
