"""Real architectures with random weights: traced, saved, loaded, run and compared with torch."""
