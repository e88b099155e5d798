"""Only looked at, never run: the static files' fingerprint includes it."""
