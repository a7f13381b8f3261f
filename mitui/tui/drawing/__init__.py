"""How lines come onto the screen: text made harmless, shortened, coloured, and drawn as a widget of lines."""
