"""What a command gives out: on stdout, into files that are replaced whole, and as files that are kept."""
