"""Every key in one table, what can be remapped, and the names that Textual gives to keys."""
