"""Reports made from results; each module writes one form."""
