class CannotMeasure(Exception):
    """Something the bench needs is missing or does not do as it should."""
