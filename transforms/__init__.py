"""The rewrites, one module each: a table of facts and the edits made from it."""
