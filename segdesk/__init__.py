"""SegDesk: segment images, correct by hand, and let the model learn from just those corrections."""

__version__ = "0.1.0"
