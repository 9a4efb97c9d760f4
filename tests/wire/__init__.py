"""Tests of the wire: octets to values and back, and everything that is refused on the way."""
