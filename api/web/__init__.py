"""Pages for people: the onboard terminal's, and what both pages share."""
