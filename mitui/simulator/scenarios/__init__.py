"""Whole hosts by name, for demos and tests: a source, its identities, vaults and faults."""
