"""Hall Desk: the service desk of a hall that takes papers in and gives them back."""

__version__ = "0.1.0"
