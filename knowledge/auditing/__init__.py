"""Does the store keep its promises? Each is a rule with a name that finds the rows which break it."""
