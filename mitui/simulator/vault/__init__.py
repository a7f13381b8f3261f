"""A simulated Key Vault: its gate, objects, permissions and errors, as one server."""
