"""What staff see: values in, data out."""
