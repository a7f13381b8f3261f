"""Tests of the files for fleets, and of the systems that read them."""
