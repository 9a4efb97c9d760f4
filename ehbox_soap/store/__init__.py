"""What is kept: SQLAlchemy Core over SQLite or PostgreSQL. Knows no XML, no HTTP, and not who may do what."""
