"""What is taught: courses, and their sections term by term."""
