"""The runner of the mutants (proofs/mutation), on a made-up room. What needs mutmut is checked by scripts/mutate."""
