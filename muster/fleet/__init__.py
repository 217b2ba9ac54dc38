"""A fleet: one sealed run folder an account, judged wherever there is room, and a folder that tells of all."""
