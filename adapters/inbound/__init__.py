"""What customers write back, one file per way it arrives."""
