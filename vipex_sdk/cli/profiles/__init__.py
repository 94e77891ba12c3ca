"""Learning a dialect: record what an exchange sends, say what a profile understands of it, propose what it lacks."""
