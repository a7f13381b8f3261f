"""What is done for a release: it is no part of the package."""
