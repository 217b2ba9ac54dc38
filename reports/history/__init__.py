"""The period view: what many runs say of each control and account, a night at a time; needs the extra `history`."""
