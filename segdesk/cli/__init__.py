"""SegDesk without a window: the same projects, the same jobs, on the command line."""
