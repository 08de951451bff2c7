"""What is printed: every paper of the hall as PDF bytes, made from frozen values.

Nothing here reads a clock, a database or a screen: the same values in the same language give the
same bytes. Only this package knows reportlab, which is loaded with the fonts for the first paper.
"""
