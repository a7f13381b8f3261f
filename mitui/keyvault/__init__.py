"""The Key Vault probe: what an identity may do on a vault, tested without side effects."""
