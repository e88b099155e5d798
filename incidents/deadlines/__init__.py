"""When a case is due: working time, deadlines, the next alarm."""
