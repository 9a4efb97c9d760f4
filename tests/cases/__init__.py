"""Conformance cases: what is asked, what must be answered, and where that is known from."""
