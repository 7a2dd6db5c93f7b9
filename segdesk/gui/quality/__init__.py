"""How good is it: curves and a table, beside the image. Only `dock` is loaded before somebody asks."""
