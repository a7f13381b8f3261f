"""``mitui exporter``: the background refresher's snapshots as metrics over HTTP."""
