"""What a work says about itself, and whether that is proven."""
