"""How numbers are written in Chinese: in thousands, as on the maps; Django would not group them."""

THOUSAND_SEPARATOR = ","
NUMBER_GROUPING = 3
