"""Objects in the window: selecting them, what can be done with them, and their table of measurements."""
