"""Mappings that come with Duebot, one YAML file each."""
