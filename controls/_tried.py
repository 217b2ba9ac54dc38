"""An assert that does not hold, which the engine tries before it judges: where it is silent, every control would be."""


def fails() -> None:
    """Raise AssertionError, as long as asserts do anything at all."""
    assert not True
