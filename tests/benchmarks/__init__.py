"""Speed, size and quiet, as ratios to peers in the same run, in one table: ``pytest tests/benchmarks``.

Not part of the suite.
"""
