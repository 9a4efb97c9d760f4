"""Tests through the front door: bytes of a POST in, bytes of its answer out, the whole way, in the process."""
