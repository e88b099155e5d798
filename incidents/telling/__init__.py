"""Who is told of what, in which words, and by which way."""
