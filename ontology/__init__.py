"""The shared language: domain knowledge as data, and the types that pass between reading and the graph."""
