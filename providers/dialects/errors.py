"""What can be wrong with a request in a caller's dialect.

* AskError
  - BadField     a field is missing or is not what its dialect says
    - NestedTooDeep
  - Unsayable    the field is good, but the model's provider cannot be told
"""


class AskError(Exception):
    """`field` is the caller's name for what is wrong; the message is a whole sentence."""

    code: str

    def __init__(self, message: str, *, field: str) -> None:
        super().__init__(message)
        self.field = field


class BadField(AskError):
    code = "invalid_value"


class MissingField(BadField):
    code = "missing_required_parameter"


class NestedTooDeep(BadField):
    """JSON can be read deeper than it can be written."""


class Unsayable(AskError):
    code = "unsupported_parameter"
