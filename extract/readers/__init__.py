"""One reader a format: each fills the same blocks of extract.grid and knows nothing of budgets."""
