"""Delivery: what builds, stores and releases software can be trusted."""
