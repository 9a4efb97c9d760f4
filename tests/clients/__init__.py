"""Models of real clients, built without the project, and their own tests."""
