"""A token: as an endpoint's reply gives it, its times, and what is worth saying about it."""
