"""The onboard terminal: follows the vessel, answers NEAREST with no link, and keeps everything through a power cut.

What it decides is decided by the same engine from the same documents as the service's. `app` puts it together.
"""
