"""Programs for people who work on DevPilot; the product does not import them."""
