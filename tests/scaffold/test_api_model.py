"""What botocore's model says of things: how they are listed, by what they go, and how one is made."""

from __future__ import annotations

import pytest

from muster.errors import UsageError
from muster.scaffold.api_model import has_regions, listing_of, making_of, singular
from muster.scaffold.arns import arn_form


@pytest.mark.parametrize(
    ("service", "noun", "asked", "result"),
    [
        pytest.param("efs", "FileSystem", "efs:describe_file_systems", "FileSystems", id="named as AWS names it"),
        pytest.param("rds", "DbInstance", "rds:describe_db_instances", "DBInstances", id="in another case"),
        pytest.param("redshift", "RedshiftCluster", "redshift:describe_clusters", "Clusters", id="with its service"),
        pytest.param(
            "cloudfront", "Distribution", "cloudfront:list_distributions", "DistributionList.Items", id="within"
        ),
        pytest.param("sqs", "Queue", "sqs:list_queues", "QueueUrls", id="a list of texts"),
    ],
)
def test_a_thing_is_listed_by_one_question(service: str, noun: str, asked: str, result: str) -> None:
    listing = listing_of(service, noun)

    assert listing is not None
    assert (listing.asked, listing.result) == (asked, result)


@pytest.mark.parametrize(
    ("service", "noun"),
    [
        pytest.param("kinesis", "Stream", id="describe_stream has to be told which"),
        pytest.param("redshift", "Teapot", id="no such thing"),
    ],
)
def test_what_one_question_does_not_list_is_none(service: str, noun: str) -> None:
    listing = listing_of(service, noun)

    assert listing is None or listing.asked == "kinesis:list_streams"


@pytest.mark.parametrize(
    ("service", "noun", "arn", "id_", "name", "tags"),
    [
        pytest.param("efs", "FileSystem", "FileSystemArn", "FileSystemId", "Name", "Tags", id="all"),
        pytest.param("dax", "DaxCluster", "ClusterArn", None, "ClusterName", None, id="no id"),
        pytest.param("redshift", "Cluster", None, None, "ClusterIdentifier", "Tags", id="ARNs of other things only"),
        pytest.param("appsync", "GraphqlApi", "arn", None, "name", "tags", id="tags by key"),
    ],
)
def test_a_thing_goes_by_its_own_members(
    service: str, noun: str, arn: str | None, id_: str | None, name: str | None, tags: str | None
) -> None:
    listing = listing_of(service, noun)

    assert listing is not None
    assert (listing.arn, listing.id, listing.name, listing.tags) == (arn, id_, name, tags)


def test_its_page_is_where_every_sdk_leads() -> None:
    listing = listing_of("dax", "DaxCluster")

    assert listing is not None
    assert listing.page == "https://docs.aws.amazon.com/goto/WebAPI/dax-2017-04-19/DescribeClusters"


def test_a_thing_is_made_under_its_name_with_what_it_must_be_told() -> None:
    making = making_of("dax", "Cluster")

    assert making is not None
    assert (making.method, making.name, making.arn) == ("create_cluster", "ClusterName", ("Cluster", "ClusterArn"))
    assert making.required == {"NodeType": "fill in", "ReplicationFactor": 1, "IamRoleArn": "fill in"}


def test_an_id_that_its_maker_says_is_its_name() -> None:
    making = making_of("elasticache", "ReplicationGroup")

    assert making is not None
    assert (making.name, making.required) == ("ReplicationGroupId", {"ReplicationGroupDescription": "fill in"})


def test_what_no_operation_makes_is_made_by_hand() -> None:
    assert making_of("acm", "Certificate") is None


@pytest.mark.parametrize(
    ("plural", "one"),
    [
        ("Clusters", "Cluster"),
        ("Policies", "Policy"),
        ("Queues", "Queue"),
        ("Addresses", "Address"),
        ("Access", "Access"),
    ],
)
def test_one_of_many(plural: str, one: str) -> None:
    assert singular(plural) == one


def test_a_service_without_regions_is_asked_once() -> None:
    assert (has_regions("cloudfront"), has_regions("dax")) == (False, True)


def test_a_service_that_nobody_knows_is_refused_with_the_nearest() -> None:
    with pytest.raises(UsageError, match=r"--service=redshfit: .* did you mean \"redshift\""):
        listing_of("redshfit", "Cluster")


@pytest.mark.parametrize(
    ("service", "subject", "form"),
    [
        pytest.param(
            "redshift", "Cluster", "arn:{partition}:redshift:{region}:{account}:cluster:{name}", id="of AWS's"
        ),
        pytest.param("redshift", "Teapot", "arn:{partition}:redshift:{region}:{account}:fill-in/{name}", id="unknown"),
    ],
)
def test_an_arn_that_the_list_leaves_out_has_its_form(service: str, subject: str, form: str) -> None:
    assert arn_form(service, subject, "name") == form
