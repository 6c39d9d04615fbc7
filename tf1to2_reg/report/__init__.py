"""What a run found, for people and for programs: messages, diffs, JSON, pages."""
