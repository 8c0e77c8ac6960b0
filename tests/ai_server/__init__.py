"""An AI provider of our own on loopback: for tests, and for trying suggestions by hand.

The standard library alone, and everything in memory. It speaks OpenAI's chat completions:
`answering` makes an answer of the schema that it is given, `ways` are all the ways in which an
answer goes wrong, `server` is what a test holds. Nothing leaves the machine.
"""

from tests.ai_server.server import AiServer

__all__ = ["AiServer"]
