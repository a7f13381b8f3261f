"""The background refresher: an async stream of frozen Snapshots, steered by intents."""
