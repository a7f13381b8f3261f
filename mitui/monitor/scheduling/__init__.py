"""What is due when, and the jobs that do it."""
