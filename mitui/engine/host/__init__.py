"""The host as a process sees it: variables, files, and what the host says of itself."""
