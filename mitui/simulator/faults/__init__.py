"""Named faults that a simulated host can be given: of a source, of what carries its replies; `table` has them all."""
