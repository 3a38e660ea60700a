"""Exchange with reference managers: citations, BibTeX."""
