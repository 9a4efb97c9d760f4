"""Fuzzing by hypothesis: signed requests, edited with a knowledge of their structure, the whole way in the process."""
