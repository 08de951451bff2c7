"""The drill in a practice hall: its lane, its bar over the pages, its panels, and the mark across the screen."""
