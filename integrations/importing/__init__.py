"""Files of other systems, line by line: what people did (events) and who they are (leads)."""
