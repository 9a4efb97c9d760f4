"""The ETK depot: which encryption tokens it takes, and which it gives out for what is asked.

Knows: tokens, the store's tokens, who is registered. Must not know: XML, HTTP, how a token is made.
"""
