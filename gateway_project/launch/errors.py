class CannotStart(Exception):
    """One sentence for the operator; `manage.py up` prints it and exits with 2."""
