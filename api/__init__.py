"""Every door: command line, HTTP, and the documents they hand out. Nothing imports this package."""
