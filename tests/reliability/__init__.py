"""The short sizes of the proofs (proofs/); docs/reliability.md has the full ones."""
