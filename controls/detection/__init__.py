"""Detection: AWS itself looks for what is wrong."""
