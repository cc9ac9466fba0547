"""Files: the content-addressed store of a department, and the documents made for it."""
