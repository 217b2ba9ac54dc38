"""Which controls are judged, and with which thresholds."""
