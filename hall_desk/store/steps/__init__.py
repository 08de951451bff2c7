"""Frozen steps of the schema, one module per version. They never import today's models."""
