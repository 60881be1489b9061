// The filter's text, its terms as chips, and a caret under the place of an error.
import { useEffect, useRef, useState } from "preact/hooks";
import type { Problem } from "../core/api.ts";
import { chips, mistake, withoutChip, withTerm } from "../core/filter.ts";
import { change, parameter } from "../core/url.ts";
import { Wire } from "./text.tsx";

export function Caret({ text, column, detail }: { text: string; column: number; detail: string }) {
    const characters = [...text];
    const before = characters.slice(0, column - 1).join("");
    return (
        <div class="caret" role="alert" id="filter-error">
            <pre aria-hidden="true">{`${text}\n${" ".repeat([...before].length)}^`}</pre>
            <p>
                {detail} <span class="faint">(column {column})</span>
            </p>
        </div>
    );
}

export function FilterBox({ problem }: { problem: Problem | null }) {
    const filter = parameter("filter");
    const [text, setText] = useState(filter);
    const [early, setEarly] = useState<{ column: number; detail: string } | null>(null);
    const input = useRef<HTMLInputElement>(null);
    useEffect(() => {
        setText(filter);
        setEarly(null);
    }, [filter]);
    const apply = (next: string) => {
        const wrong = mistake(next);
        setEarly(wrong);
        if (wrong === null) {
            change({ filter: next.trim() });
        }
    };
    const wrong =
        early ??
        (problem?.parameter === "filter"
            ? { column: Math.max(1, problem.column), detail: problem.detail }
            : null);
    const shown = chips(filter);
    return (
        <div class="filter">
            <form
                role="search"
                onSubmit={(event) => {
                    event.preventDefault();
                    apply(text);
                }}
            >
                <label class="off-screen" for="filter">
                    Filter
                </label>
                <input
                    ref={input}
                    id="filter"
                    type="text"
                    spellcheck={false}
                    autocomplete="off"
                    maxLength={2000}
                    placeholder="Filter: country:RU level>=7 -host:*.example"
                    value={text}
                    onInput={(event) => setText(event.currentTarget.value)}
                    aria-invalid={wrong !== null}
                    aria-describedby={wrong ? "filter-error" : undefined}
                />
                <button type="submit">Apply</button>
                {filter !== "" && (
                    <button type="button" onClick={() => apply("")}>
                        Clear
                    </button>
                )}
            </form>
            {wrong && <Caret text={early ? text : filter} {...wrong} />}
            {shown.length > 0 && (
                <ul class="chips" aria-label="Terms of the filter">
                    {shown.map((chip, at) => (
                        <li key={chip.text} class={chip.excludes ? "chip excludes" : "chip"}>
                            <Wire text={chip.text} />
                            <button
                                type="button"
                                aria-label={`Remove ${chip.text}`}
                                title="Remove this term"
                                onClick={() => apply(withoutChip(filter, at))}
                            >
                                ×
                            </button>
                        </li>
                    ))}
                </ul>
            )}
        </div>
    );
}

// A value that narrows the table down to itself; with Alt, to all others.
export function Value({
    field,
    value,
    children,
}: {
    field: string;
    value: string;
    children: preact.ComponentChildren;
}) {
    return (
        <button
            type="button"
            class="value"
            title={`Show only ${field} ${value}; with Alt: all others`}
            onClick={(event) =>
                change({ filter: withTerm(parameter("filter"), field, value, event.altKey) })
            }
        >
            {children}
        </button>
    );
}
