# Says why a system test cannot run here, and exits 77. Sourced from the root of the tree.
# shellcheck shell=bash

skip() {
    echo "skipped: $*"
    exit 77
}

[ "$(id -u)" -eq 0 ] || skip "needs root, to make network namespaces"
missing=$(scripts/dependencies --missing demo)
[ -z "$missing" ] || skip "needs $(paste -sd ' ' <<<"$missing")"
probe=eti-test-probe-$$
ip netns add "$probe" 2>/dev/null || skip "this machine lets even root make no network namespace"
ip netns delete "$probe"
