"""A project as a data set: what is in it, and how it is split."""
