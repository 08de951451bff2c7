"""The one error of the set-up: something only the person at the keyboard can put right."""


class SetupError(Exception):
    """Says in a sentence or two what is wrong and exactly what to do about it."""
