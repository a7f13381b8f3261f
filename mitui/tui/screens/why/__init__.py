"""The Why screen and what it says."""
