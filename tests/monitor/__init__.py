"""Tests of mitui.monitor."""
