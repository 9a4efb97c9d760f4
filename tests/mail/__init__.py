"""Mails: their words, and how they are sent to a real SMTP server that takes, refuses, hangs or dies."""
