"""The page of the hall's lists: what one row is typed into, what happened to it, and the lists themselves."""
