"""How the image on screen is shown: brightness, channels, pages, and aids to find and measure."""
