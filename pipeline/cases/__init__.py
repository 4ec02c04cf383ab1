"""Order cases: which document belongs to which case, and the case's state."""
