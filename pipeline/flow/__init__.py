"""The order of the stages, and the durable engine that runs them."""
