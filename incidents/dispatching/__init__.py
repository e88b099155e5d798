"""Who receives a case: dispatch rules as data, tried before they go live."""
