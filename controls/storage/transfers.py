"""File transfer servers: what partners send is not read on the way."""

from __future__ import annotations

from fixtures.transfer import TransferServer
from muster import control


@control(severity="medium")
def test_transfer_server_no_ftp(transfer_server: TransferServer) -> None:
    """File transfer servers do not speak FTP.

    Why: FTP sends passwords and files in clear.
    Fix: Take FTP out of the server's protocols, and let clients use SFTP, FTPS or AS2.
    See: https://docs.aws.amazon.com/transfer/latest/userguide/create-server-ftp.html
    """
    assert "FTP" not in transfer_server.protocols, f"speaks {', '.join(transfer_server.protocols)}"
