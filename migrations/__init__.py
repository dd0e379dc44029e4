"""The schema's versions; `adapters.store.migrate` runs them."""
