"""Everything that comes from outside and becomes engine arrays: coast, ports, banks, zones, policies, the pack."""
