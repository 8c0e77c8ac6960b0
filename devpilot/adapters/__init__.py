"""The outside world, one module each: the artifact store, the payment provider.

No database transaction is open while one of these is called.
"""
