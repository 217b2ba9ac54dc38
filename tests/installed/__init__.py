"""Muster as users have it: installed from its wheel, in a repository of their own."""
