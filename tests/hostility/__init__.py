"""What strangers send, write and name: ``pytest tests/hostility --hypothesis-profile=long`` takes 100,000 of each."""
