"""Tests of what is released: the single file, the wheel and the source distribution."""
