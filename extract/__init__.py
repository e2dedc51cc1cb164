"""Reading documents: file to grid, grid to form, form to records."""
