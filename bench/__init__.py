"""`python -m bench`: what a request costs, as a multiple of one bare Flask route."""
