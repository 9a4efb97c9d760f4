"""Octets to typed values and back; no network, no database, no time, no trust."""
