"""An Azure host on loopback: identity endpoints and a Key Vault. Imports nothing else of mitui."""
