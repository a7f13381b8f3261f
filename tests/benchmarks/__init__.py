"""Speed, as ratios within one run. Not part of the suite: ``python -m pytest tests/benchmarks -s``."""
