"""Pages: what staff see in the local inbox."""
