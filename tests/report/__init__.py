"""Tests of mitui.report."""
