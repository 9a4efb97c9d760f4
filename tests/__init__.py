"""Tests mirror the rooms of the house; nothing in them expires, sleeps or leaves the machine."""
