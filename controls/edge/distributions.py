"""Distributions of CloudFront: something judges what they let in, they speak TLS, and they keep what was asked."""

from __future__ import annotations

from fixtures.cloudfront import Distribution
from muster import control, not_applicable


@control(severity="medium")
def test_cloudfront_waf(distribution: Distribution) -> None:
    """Distributions stand behind a WAF.

    Why: A distribution is known to every scanner on the internet; without a web ACL whatever they send goes on to the
        origin.
    Fix: Associate a web ACL of the scope CLOUDFRONT with the distribution, and let no tenant of it switch that off.
    See: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/distribution-web-awswaf.html
    """
    not_applicable(distribution.why_serves_nobody)
    bare = distribution.without_web_acl
    assert bare is None, bare


@control(severity="medium")
def test_cloudfront_viewers_https(distribution: Distribution) -> None:
    """Distributions serve viewers over TLS.

    Why: Over plain HTTP anybody on the way reads what viewers ask and changes what they get.
    Fix: Let the default cache behavior and each path redirect HTTP to HTTPS, or take HTTPS only. Give a distribution
        that speaks SSL 3 a security policy of TLS.
    See: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-https-viewers-to-cloudfront.html
    """
    not_applicable(distribution.why_serves_nobody)
    answers = distribution.answers_in_clear
    assert not answers, f"answers plain HTTP (allow-all) for {', '.join(answers)}"
    assert not distribution.speaks_ssl, "speaks SSL 3 with viewers that know nothing newer"


@control(severity="medium")
def test_cloudfront_access_logs(distribution: Distribution) -> None:
    """Distributions log requests.

    Why: What CloudFront answers from its cache never reaches the origin, so that no other log holds it.
    Fix: Turn on standard logging, to a bucket or by CloudWatch Logs; or real-time logs of every cache behavior.
    See: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/logging.html
    """
    not_applicable(distribution.why_serves_nobody)
    assert distribution.keeps_access_log, "keeps no log of the requests that it takes"


@control(severity="medium")
def test_cloudfront_origins_https(distribution: Distribution) -> None:
    """Distributions fetch from origins over modern TLS.

    Why: The lock in the viewer's browser says nothing of the way behind CloudFront, on which others read along.
    Fix: Let custom origins speak HTTPS only, with TLS 1.2; the web site of a bucket cannot, its own endpoint can.
    See: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-https-cloudfront-to-custom-origin.html
    """
    not_applicable(distribution.why_serves_nobody)
    not_applicable(None if distribution.custom_origins else "the distribution has no custom origin")
    weak = distribution.weak_origins
    assert not weak, f"fetches in clear or over old TLS from {', '.join(weak)}"


@control(severity="medium")
def test_cloudfront_origin_access_control(distribution: Distribution) -> None:
    """Buckets behind distributions are reached only through them.

    Why: A bucket that CloudFront reads without signing has to be open to everybody, past the web ACL and the log; one
        that was deleted is anybody's to create, with what they like in it.
    Fix: Give the origin, by the bucket's own endpoint, an origin access control that signs, and let the bucket's policy
        name the distribution; take an origin away whose bucket is gone.
    See: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html
    """
    not_applicable(distribution.why_serves_nobody)
    not_applicable(None if distribution.buckets else "the distribution has no bucket as an origin")
    unguarded = distribution.unguarded_buckets
    assert not unguarded, f"fetches from {', '.join(unguarded)}"
