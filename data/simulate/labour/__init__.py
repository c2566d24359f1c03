"""The labour world: vacancies, advertisements, jobseekers."""
