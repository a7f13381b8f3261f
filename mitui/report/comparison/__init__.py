"""What differs between two Snapshots, by meaning and in the order in which it matters."""
