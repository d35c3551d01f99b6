"""The decision core: pure functions over numbers and immutable values.

Nothing here opens a file, a socket or a clock, and nothing here logs; see ``ARCHITECTURE.md``.
"""

ENGINE_VERSION = "0.2.0"
