// The entry: runs once a page, however often the script is there.

console.debug("Hotline");
