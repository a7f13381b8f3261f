"""The simulated host, tried out over sockets and by the SDKs."""
