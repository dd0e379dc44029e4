"""What customers read: templates per language and step, one layout for all of them."""
