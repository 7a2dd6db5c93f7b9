"""The panels around the image."""
