"""What a reply says of the company: sentences chosen from facts, and sums worked out from prices."""
