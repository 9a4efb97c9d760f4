"""Tests of the Spyne shell: each trap of Spyne 2.14.0 that the ports close (docs/architecture.md)."""
