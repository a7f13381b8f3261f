"""What each SDK would pick on this host, and what it would say: rules as data.

To add an SDK, add its rule to `rules` and its words to one of the `messages_…` tables."""
