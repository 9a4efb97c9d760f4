"""The seed and its loading."""
