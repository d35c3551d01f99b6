"""Reports of a replay and of a comparison as pages."""
