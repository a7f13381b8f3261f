"""The simulated Key Vault, judged at the wire and by Microsoft's own clients."""
