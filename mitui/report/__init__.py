"""A Snapshot as text, JSON and Markdown, and its redaction."""
