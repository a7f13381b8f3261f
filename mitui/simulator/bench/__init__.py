"""A simulated host as a test bench of other programs: what is asked for, what runs, what is seen and changed."""
