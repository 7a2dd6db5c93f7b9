"""What SegDesk knows about images, masks and projects; no Qt and no torch in here."""
