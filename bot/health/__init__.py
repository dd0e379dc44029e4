"""Is everything in order, and what goes on: for `duebot check`, for containers, and for whoever watches."""
