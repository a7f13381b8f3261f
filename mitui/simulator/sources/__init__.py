"""The simulated identity endpoints, one module per source: what each answers over the wire."""
