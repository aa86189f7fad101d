"""The pages about what people have let applications do."""
