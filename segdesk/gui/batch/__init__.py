"""Predicting a folder of any size beside the project. Only `desk` is loaded before somebody asks."""
