"""What the Snakefiles import while they are parsed. Every start waits for it, so nothing heavy is imported here."""
