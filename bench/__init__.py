"""What the server costs: requests a second, processor time, memory, beside what is measured in the same run.

Knows: how to start the server as it is, connector 4.0's requests, how to count. Must not know: what an answer should
be beyond its status. It is never a test: nothing here fails because something is slow.
"""
