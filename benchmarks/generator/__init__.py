"""Makes disclosures from data files of published facts: documents as they are printed, and the gold JSON of each."""
