"""What a policy file may say: its sections, their checks, and words for its mistakes."""
