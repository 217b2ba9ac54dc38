"""Notebooks and clusters for analysis: they hold much data, and are not open to the internet."""

from __future__ import annotations

from fixtures.emr import EmrDefaults
from fixtures.sagemaker import Notebook
from muster import control


@control(severity="high")
def test_notebook_confined(notebook: Notebook) -> None:
    """Notebooks have no direct internet access and no root.

    Why: A notebook runs whatever somebody pastes into it, beside the data; with a way out of its own that data leaves.
    Fix: Make the notebook anew in a subnet of ours, without direct internet access, and turn root access off.
    See: https://docs.aws.amazon.com/sagemaker/latest/dg/appendix-notebook-and-internet-access.html
    """
    ways_out = notebook.ways_out
    assert not ways_out, f"has {', '.join(ways_out)}"


@control(severity="high")
def test_emr_public_access_blocked(emr_defaults: EmrDefaults, permitted_ports: tuple[int, ...] = (22,)) -> None:
    """EMR clusters cannot be opened to the internet.

    Why: A cluster starts with the groups that somebody gave it; with public access blocked, one that is open does not.
    Fix: Turn the block of public access on in the region, and spare no port but that of SSH.
    See: https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-block-public-access.html
    """
    block = emr_defaults.public_access_block
    spared = [str(each) for each in block.permitted if not each.lies_in(permitted_ports)]
    open_ports = spared if block.is_on else ["every port"]
    assert not open_ports, f"starts clusters that are open to the internet on {', '.join(open_ports)}"
