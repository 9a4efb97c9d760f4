"""The throw-away authority and its keystores."""
