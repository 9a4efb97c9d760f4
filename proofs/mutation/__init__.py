"""Mutation testing: what the tests of a room would notice if its code were another.

Knows: a room's source, the tests that are to kill, how to run a test in a child process. Must not know: what the room
does. `scripts/mutate` runs it on a copy of the repository; the mutations are those of mutmut, the running is our own:
mutmut leaves out what is decorated, what stands at the top of a module and what runs at its import, and the closed
forms of security/ are just that.
"""
