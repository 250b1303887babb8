"""What callers ask for in each dialect, and which kinds of providers cannot be told."""
