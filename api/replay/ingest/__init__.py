"""A foreign table to rows of encounters: read, mapped, checked, refused with codes."""
