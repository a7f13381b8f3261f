"""config.toml -> frozen dataclasses, with errors that name the key and say what is allowed."""
