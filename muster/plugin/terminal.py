"""The terminal of an audit: what pytest writes of names, files and answers is fit to be shown, whoever wrote it."""

from __future__ import annotations

import pytest

from muster.printable import PrintableStream


class PrintableTerminal:
    """Puts a `PrintableStream` under pytest's terminal writer, before it has written a word."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionstart(self) -> None:
        """Change the stream; without a terminal reporter (`-p no:terminal`) nothing is written."""
        if self._config.pluginmanager.hasplugin("terminalreporter"):
            writer = self._config.get_terminal_writer()
            writer._file = PrintableStream(writer._file, colours=writer.hasmarkup)
