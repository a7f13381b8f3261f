"""config.toml into frozen dataclasses, with errors that name the key; and where files are."""
