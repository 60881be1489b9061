"""Rates through testpmd and etid, side by side: memif_report.py RESULTS JSON."""
import json
import os
import platform
import statistics
import sys

# The least that etid should reach of testpmd's rate, by mode and from that many flows on.
SMALL, LARGE = {0: 0.70, 1_000_000: 0.60}, {0: 0.95}
TARGETS = {"small": SMALL, "young-small": SMALL, "large": LARGE, "young-large": LARGE,
           "handshake": {0: 0.50}, "scan": {0: 0.40}, "flood": {0: 0.40}}


def target(mode, flows):
    steps = TARGETS.get(mode, {})
    return steps[max(step for step in steps if step <= flows)] if steps else None


def summarise(mode, flows, runs):
    def of(forwarder, field):
        return [run[field] for run in runs if run["forwarder"] == forwarder]

    def rates(field):
        return {who: statistics.median(of(who, field)) for who in ("testpmd", "etid")}

    rate, fastest = rates("packets_per_second"), rates("fastest")
    return {"mode": mode, "flows": flows, "packets_per_second": rate,
            "ratio": round(rate["etid"] / rate["testpmd"], 4), "target": target(mode, flows),
            "ratio_of_fastest": round(fastest["etid"] / fastest["testpmd"], 4),
            "nanoseconds_added": round(1e9 / rate["etid"] - 1e9 / rate["testpmd"], 1),
            "etid_bits_per_second": statistics.median(of("etid", "bits_per_second")),
            "sender_waited": rates("waited"),
            "lost": {who: sum(of(who, "lost")) for who in ("testpmd", "etid")},
            "etid_rss_kilobytes": max(of("etid", "rss_kilobytes"))}


def main():
    results, path = sys.argv[1:]
    with open(results, encoding="ascii") as lines:
        runs = [json.loads(line) for line in lines]
    summary = []
    print(f"{'mode':<12} {'flows':>8} {'testpmd Mp/s':>13} {'etid Mp/s':>10} {'ratio':>6} {'target':>6} "
          f"{'fastest':>7} {'ns added':>9} {'etid Gb/s':>10} {'waited':>7} {'lost':>6} {'etid MB':>8}")
    for case in dict.fromkeys((run["mode"], run["flows"]) for run in runs):
        row = summarise(*case, [run for run in runs if (run["mode"], run["flows"]) == case])
        summary.append(row)
        rate = row["packets_per_second"]
        print(f"{row['mode']:<12} {row['flows']:>8} {rate['testpmd'] / 1e6:>13.3f} "
              f"{rate['etid'] / 1e6:>10.3f} {row['ratio']:>6.2f} {row['target'] or '-':>6} "
              f"{row['ratio_of_fastest']:>7.2f} {row['nanoseconds_added']:>9.1f} "
              f"{row['etid_bits_per_second'] / 1e9:>10.2f} {row['sender_waited']['testpmd']:>7.0%} "
              f"{sum(row['lost'].values()):>6} {row['etid_rss_kilobytes'] / 1024:>8.0f}")
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="ascii") as out:
        json.dump({"benchmark": "memif", "cpus": os.cpu_count(), "load_average": os.getloadavg()[0],
                   "machine": platform.machine(), "summary": summary, "runs": runs}, out, indent=1)


main()
