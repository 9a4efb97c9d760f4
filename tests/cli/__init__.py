"""Tests of the command and the demonstration."""
