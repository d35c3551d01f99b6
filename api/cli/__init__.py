"""The command line: one small module a command, `render` for what people read, `main` for how it starts and ends."""
