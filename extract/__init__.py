"""From files to records: readers, grids, forms, values. Knows nothing of RDF."""

EXTRACTOR_VERSION = "0.3.0"
"""Stands in every extracted disclosure; raised whenever the same file would be read differently."""
