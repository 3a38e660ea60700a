"""Exchange with reference managers: citations in many styles, BibTeX, RIS, CSL-JSON."""
