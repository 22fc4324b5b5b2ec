"""What a policy officer reads: tables, maps and pages that print, from counts and content."""
