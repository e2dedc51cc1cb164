"""The RDF graph: mapping records to triples, storing, querying and comparing them."""
