"""What a unit of work knows and does, by subject; `workflows.ports.UnitOfWork` is all of it."""
