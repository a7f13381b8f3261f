"""The shared token engine: which source this host has, and tokens from it.

Knows nothing of screens, vaults or reports.
"""
