"""What is known: source files and the ontology, as objects and as RDF."""
