"""The simulator as the test bench of other programs."""
