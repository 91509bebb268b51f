"""Who may come in: sessions, roles, forgery protection, headers."""
