"""What the engine costs beside other ways to the same end. Never part of the package."""
