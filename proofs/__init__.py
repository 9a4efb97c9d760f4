"""Proofs that nothing is lost: servers that are killed, stores that fail, and what is counted afterwards.

Knows: how to start the server as it is and what ends it, connector 4.0's requests, how to look into a store. Must not
know: the server's inside, but for the driver underneath the store and the store's own look at itself (`ehbox verify`).
Each proof is a function that gives a small record of what it found; tests/reliability runs it in a short size,
`python -m proofs` (scripts/crash, scripts/reliability) in the full one, into docs/reliability.md.
"""
