"""Attacks as functions, so that every layer can be tried with the same ones."""
