"""Tools that look at the image to find what a person means, as pure functions on a region of interest.

One module a subject. Pixels are (height, width) or (height, width, channels) arrays; what comes back is a
Coverage in the image's coordinates, as `segdesk.core.painting` has it, so that the cost of a call grows with
the region and not with the image.
"""
