"""Which objective an unlinked issue might serve, and which issues of two streams look alike. Pure."""
