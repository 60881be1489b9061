// An empty table says why it is empty and what to do about it.
import { relative } from "../core/format.ts";
import { presets, wider } from "../core/range.ts";
import { change, parameter } from "../core/url.ts";
import { clock } from "./clock.ts";
import { Empty } from "./states.tsx";

export function NothingHere({ lastSession }: { lastSession: string | null }) {
    if (parameter("filter") !== "") {
        return (
            <Empty title="No server passes the filter">
                <p>Nothing in this range fits all of its terms.</p>
                <button type="button" onClick={() => change({ filter: "" })}>
                    Clear the filter
                </button>
            </Empty>
        );
    }
    if (lastSession === null) {
        return (
            <Empty title="No session yet">
                <p>
                    Servers appear here once a sensor has sent its first records. The{" "}
                    <a href="/sensors">sensors page</a> tells which ones have.
                </p>
            </Empty>
        );
    }
    const next = wider();
    return (
        <Empty title="No session in this range">
            <p>The last one began {relative(lastSession, clock.value)}.</p>
            {next !== "" && (
                <button type="button" onClick={() => change({ range: next, from: "", to: "" })}>
                    Show {presets.find((each) => each.id === next)!.label}
                </button>
            )}
        </Empty>
    );
}
