"""The facts that excuse parts of networks, one class a kind."""

from __future__ import annotations

from pydantic import ConfigDict

from muster.estate.excuse import NamedFact


class EndpointConsumer(NamedFact):
    """A VPC, by its id, whose machines reach AWS through the endpoints of a central VPC."""

    model_config = ConfigDict(title="a declared user of central endpoints")
    fact = "endpoint_consumers"


class InspectedVpc(NamedFact):
    """A VPC, by its id, whose traffic with the internet goes through an inspection VPC."""

    model_config = ConfigDict(title="a declared VPC behind inspection")
    fact = "inspection_vpcs"


class PublicVpc(NamedFact):
    """A VPC, by its id, that may reach the internet by a gateway of its own."""

    model_config = ConfigDict(title="a declared public VPC")
    fact = "public_vpcs"


class PublicSubnet(NamedFact):
    """A subnet, by its id, that may hand out public addresses."""

    model_config = ConfigDict(title="a declared public subnet")
    fact = "public_subnets"
