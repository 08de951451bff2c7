"""The physical edge: printers, and later scanners, thermometers and voices."""
