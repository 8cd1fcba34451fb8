"""Whether the models say what the contract says."""
