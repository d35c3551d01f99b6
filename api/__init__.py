"""Every interface: command line, HTTP, and the documents they hand out. Nothing imports this package."""

from api.kernel_cache import choose_kernel_cache

# Before anything of the engine is imported.
choose_kernel_cache()
