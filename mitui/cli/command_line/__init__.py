"""The command line: its arguments, what their values may be, the variables that stand in for them, and the options.

To add an option, add it to ``arguments``, and a field of its name to ``options``; then make the completions anew."""
