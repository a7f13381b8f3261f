"""The command line: argv to one job; a room is imported only when its job runs."""
