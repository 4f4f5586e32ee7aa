"""Methods of containers and texts, and numpy functions, written in the language of scripts."""
