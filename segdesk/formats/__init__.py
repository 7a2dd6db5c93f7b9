"""Annotations in and out: one module a file format."""
