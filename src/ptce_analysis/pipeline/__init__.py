"""Declared runs in, notebooks executed and a site out: only what is stale, the same bytes each time."""
