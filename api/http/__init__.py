"""The HTTP service: the same answers as the command line, over ``/v1``."""

from api.http.app import create_app
from api.http.serve import serve

__all__ = ["create_app", "serve"]
