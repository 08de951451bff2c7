"""What the hall does: one module per duty, verb functions that take the actor first. No Qt, no paper."""
