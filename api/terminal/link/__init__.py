"""The link to the control room: what waits on disk, how it gets there, what comes back."""
