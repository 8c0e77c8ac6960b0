"""The outside world, one module each: artifact store, payment provider, layout program.

No database transaction is open while one of these waits for something outside. (The
sandbox and the layout program only compute. So billing may ask the one within its own, and
a page that reads the other, which answers within three seconds or not at all.)
"""
