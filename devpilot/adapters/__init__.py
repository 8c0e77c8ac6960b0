"""The outside world, one module each: the artifact store, the payment provider.

No database transaction is open while one of these waits for something outside. (The
sandbox only computes, so billing may ask it within its own.)
"""
