"""The kinds of difference that are known, each with the rule that recognises it. What each means
stands in docs/differences-from-tshark.md under the same name."""

SERVER_FACTS = {"version", "cipher", "ja3s", "alpn", "leaf", "chain"}
CERTIFICATES = {"leaf", "chain"}
ENCRYPTED_BY_TLS13 = {*CERTIFICATES, "alpn"}
LISTS = {"offered_versions", "alpn_offered", "chain"}


def notes(session):
    return session.notes if session else set()


def only_ours(difference):
    return difference.verdict == "only ours"


def only_theirs(difference):
    return difference.verdict == "only tshark's"


def renumbered(difference):
    return (difference.fact in SERVER_FACTS and only_ours(difference)
            and "renumbered" in notes(difference.theirs))


def unfinished_message(difference):
    return (difference.fact in SERVER_FACTS and only_ours(difference)
            and "unfinished" in notes(difference.theirs))


def decrypted(difference):
    return (difference.fact in ENCRYPTED_BY_TLS13 and only_theirs(difference)
            and difference.theirs.facts["version"] in ("TLS 1.3", "DTLS 1.3"))


def rdp_continuation(difference):
    return only_ours(difference) and "tpkt" in notes(difference.theirs)


def wrapped(difference):
    return difference.ours is None and "wrapped" in notes(difference.theirs)


def bounded_list(difference):
    if difference.verdict != "differ" or "truncated" not in notes(difference.ours):
        return False
    ours, theirs = difference.our_value, difference.their_value
    if difference.fact not in LISTS:
        return difference.fact in ("sni", "alpn") and theirs.startswith(ours)
    return len(ours) <= len(theirs) and all(
        b.startswith(a) if isinstance(a, str) else a == b for a, b in zip(ours, theirs))


KINDS = {
    "renumbered-connection": renumbered,
    "unfinished-message": unfinished_message,
    "decrypted": decrypted,
    "rdp-continuation": rdp_continuation,
    "wrapped-tls": wrapped,
    "bounded-list": bounded_list,
}


def kind_of(difference):
    """The name of the difference's kind, or None: then it is a bug of one of the two."""
    return next((name for name, rule in KINDS.items() if rule(difference)), None)
