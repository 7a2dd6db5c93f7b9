"""The panel of the data set: what is in it, and how it is split."""
