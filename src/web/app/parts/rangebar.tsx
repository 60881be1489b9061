// 1 day, 1 week, 1 month or custom. The chart's brush sets the custom range too.
import { useState } from "preact/hooks";
import { asTime, isCustom, preset, presets } from "../core/range.ts";
import { change, parameter } from "../core/url.ts";

// What a datetime-local input takes: local time without a zone.
function asInput(time: string): string {
    const value = Date.parse(time);
    if (Number.isNaN(value)) {
        return "";
    }
    const offset = new Date(value).getTimezoneOffset() * 60_000;
    return new Date(value - offset).toISOString().slice(0, 19);
}

function CustomForm({ from, to, done }: { from: string; to: string; done: () => void }) {
    const [error, setError] = useState("");
    const submit = (event: SubmitEvent) => {
        event.preventDefault();
        const form = new FormData(event.currentTarget as HTMLFormElement);
        const begin = Date.parse(String(form.get("from")));
        const end = Date.parse(String(form.get("to")));
        if (Number.isNaN(begin) || Number.isNaN(end) || begin >= end) {
            setError("The range must begin before it ends.");
            return;
        }
        change({ range: "", from: asTime(begin), to: asTime(end) });
        done();
    };
    return (
        <form class="custom-range" onSubmit={submit}>
            <label>
                From{" "}
                <input
                    type="datetime-local"
                    name="from"
                    step="1"
                    defaultValue={asInput(from)}
                    required
                />
            </label>
            <label>
                To{" "}
                <input
                    type="datetime-local"
                    name="to"
                    step="1"
                    defaultValue={asInput(to)}
                    required
                />
            </label>
            <button type="submit" class="primary">
                Apply
            </button>
            {error !== "" && (
                <span class="error" role="alert">
                    {error}
                </span>
            )}
        </form>
    );
}

export function RangeBar({ shown }: { shown: { from: string; to: string } | null }) {
    const [open, setOpen] = useState(false);
    const custom = isCustom();
    return (
        <>
            <div class="segmented" role="group" aria-label="Time range">
                {presets.map((each) => (
                    <button
                        type="button"
                        key={each.id}
                        aria-pressed={!custom && preset() === each.id}
                        onClick={() => {
                            setOpen(false);
                            change({ range: each.id === "1d" ? "" : each.id, from: "", to: "" });
                        }}
                    >
                        {each.label}
                    </button>
                ))}
                <button
                    type="button"
                    aria-pressed={custom}
                    aria-expanded={open}
                    onClick={() => setOpen(!open)}
                >
                    Custom
                </button>
            </div>
            {open && (
                <CustomForm
                    from={parameter("from") || shown?.from || ""}
                    to={parameter("to") || shown?.to || ""}
                    done={() => setOpen(false)}
                />
            )}
        </>
    );
}
