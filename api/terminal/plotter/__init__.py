"""The chosen route out to a plotter: sentences, files and Signal K. Never without a press."""
