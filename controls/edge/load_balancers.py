"""Load balancers: something judges what they let in, they speak TLS that holds, and they keep what was asked."""

from __future__ import annotations

from fixtures.elb import AnyLoadBalancer, ClassicLoadBalancer
from fixtures.elbv2 import LoadBalancer
from muster import control, not_applicable


@control(severity="medium")
def test_alb_waf(load_balancer: LoadBalancer) -> None:
    """Public application load balancers stand behind a WAF.

    Why: What scanners send all day reaches the application itself, with nobody to turn away known attacks.
    Fix: Associate a web ACL with the load balancer; or let in CloudFront alone, with a header that only your own
        distributions set, and have the web ACL there.
    See: https://docs.aws.amazon.com/waf/latest/developerguide/web-acl-associating-aws-resource.html
    """
    not_applicable(load_balancer.why_not_http)
    not_applicable(load_balancer.why_not_public)
    is_behind = load_balancer.has_web_acl or load_balancer.takes_only_our_distributions
    assert is_behind, "faces the internet without a web ACL, and takes more than our own distributions' requests"


@control(severity="medium")
def test_alb_https_only(load_balancer: LoadBalancer) -> None:
    """Application load balancers answer only over TLS.

    Why: Whoever is on the way reads and changes plain HTTP, the session's cookie included.
    Fix: Let each rule of the HTTP listener redirect to HTTPS or answer with an error, the default rule too.
    See: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/create-https-listener.html
    """
    not_applicable(load_balancer.why_not_http)
    answers = load_balancer.answers_in_clear
    assert not answers, f"answers plain HTTP: {', '.join(answers)}"


@control(severity="medium")
def test_elb_tls_policy(
    any_load_balancer: AnyLoadBalancer,
    allowed_classic_policies: tuple[str, ...] = ("ELBSecurityPolicy-TLS-1-2-2017-01",),
) -> None:
    """Load balancers refuse old TLS.

    Why: TLS before 1.2 has known flaws, and an attacker on the way can push both ends down to it.
    Fix: Choose a security policy of TLS 1.2 and later for each listener with TLS.
    See: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html
    """
    not_applicable(None if any_load_balancer.itself.tls_listeners else "the load balancer has no listener with TLS")
    weak = any_load_balancer.weak_listeners(allowed_classic_policies)
    assert not weak, f"agrees to old TLS: {', '.join(weak)}"


@control(severity="medium")
def test_elb_access_logs(any_load_balancer: AnyLoadBalancer) -> None:
    """Load balancers log requests.

    Why: The load balancer is the one place that sees every request and where it came from; without its log an attack
        leaves no trace.
    Fix: Turn on access logs to a bucket whose policy lets Elastic Load Balancing write and whose default encryption is
        SSE-S3, or have CloudWatch Logs deliver them.
    See: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-access-logs.html
    """
    not_applicable(any_load_balancer.why_no_access_log)
    flaw = any_load_balancer.itself.access_log_flaw
    assert flaw is None, flaw


@control(severity="medium")
def test_clb_tls_listeners(classic_load_balancer: ClassicLoadBalancer) -> None:
    """Classic load balancers listen over TLS.

    Why: Whoever is on the way reads and changes what comes over plain HTTP or TCP.
    Fix: Let each listener speak HTTPS or SSL with clients, or move to an application load balancer.
    See: https://docs.aws.amazon.com/elasticloadbalancing/latest/classic/elb-https-load-balancers.html
    """
    not_applicable(None if classic_load_balancer.listeners else "it listens to nobody")
    clear = classic_load_balancer.clear_listeners
    assert not clear, f"speaks with clients without TLS: {', '.join(clear)}"


@control(severity="medium")
def test_alb_drops_invalid_headers(load_balancer: LoadBalancer) -> None:
    """Application load balancers drop malformed headers.

    Why: Where the load balancer and the server behind it read a request in two ways, an attacker hides a second request
        in the first.
    Fix: Turn on the dropping of invalid header fields, and set the desync mitigation mode to defensive or strictest.
    See: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-load-balancer-attributes.html
    """
    not_applicable(load_balancer.why_not_http)
    gaps = load_balancer.header_gaps
    assert not gaps, f"passes on {' and '.join(gaps)}"


@control(severity="low")
def test_elb_deletion_protection(load_balancer: LoadBalancer) -> None:
    """Load balancers are protected from deletion.

    Why: One mistaken call takes the address of everything behind a load balancer away.
    Fix: Turn on deletion protection.
    See: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-load-balancer-attributes.html
    """
    assert load_balancer.is_on("deletion_protection.enabled"), "can be deleted by one call"
