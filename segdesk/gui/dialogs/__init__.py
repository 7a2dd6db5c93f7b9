"""The few windows that stand in front of the window; none of them belongs to the loop."""
