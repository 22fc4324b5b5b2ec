"""The pages for staff, under `/staff/`: the files stay the truth, and the pages write the same files."""
