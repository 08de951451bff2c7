"""The wizard that closes a day: what is open, line by line, and why it may wait."""
