"""Tests that speak HTTP to a server in processes of its own."""
