"""What goes wrong at night: each fault at the HTTP layer, with the outcome that was promised for it."""
