"""The search of a joint plan: numbers in, numbers out. Nothing here knows a vessel, a port or a sentence."""
