"""Is the format contract unmodified?"""
