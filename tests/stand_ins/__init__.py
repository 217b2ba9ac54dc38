"""Endpoints that stand in for AWS's: nothing that moto leaves out makes a verdict an error, or a pass."""
