"""End-to-end tests. A package, so that stacks which its tests share end with the last of them."""
