// Small pieces of text: from the wire, times, levels.
import { useComputed } from "@preact/signals";
import { exactTime, relative, severity } from "../core/format.ts";
import { pieces, visible } from "../core/wiretext.ts";
import { clock } from "./clock.ts";

export const none = (
    <span class="none" title="not known">
        —
    </span>
);

export function Wire({ text }: { text: string | null | undefined }) {
    if (text === null || text === undefined || text === "") {
        return none;
    }
    return (
        <bdi class="wire" title={visible(text)}>
            {pieces(text).map((piece) =>
                piece.hidden ? <span class="hidden-character">{piece.text}</span> : piece.text,
            )}
        </bdi>
    );
}

export function Time({ at }: { at: string | null | undefined }) {
    const text = useComputed(() => (at ? relative(at, clock.value) : ""));
    return at ? (
        <time dateTime={at} title={exactTime(at)}>
            {text}
        </time>
    ) : (
        none
    );
}

const shapes = {
    clean: <circle cx="6" cy="6" r="4" fill="none" stroke="currentColor" stroke-width="1.6" />,
    low: <path d="M6 10 1 2h10z" fill="currentColor" />,
    medium: <path d="M6 .5 11.5 6 6 11.5.5 6z" fill="currentColor" />,
    high: <path d="M3.5 0h5L12 3.5v5L8.5 12h-5L0 8.5v-5z" fill="currentColor" />,
};

// Number, word, shape and colour say the same: none of them is needed to read the others.
export function Level({ level }: { level: number }) {
    const word = severity(level);
    return (
        <span class={`level ${word}`}>
            <svg viewBox="0 0 12 12" width="11" height="11" aria-hidden="true">
                {shapes[word]}
            </svg>
            <b>{level}</b> {word}
        </span>
    );
}

export function Spark({ parts }: { parts: number[] }) {
    const most = Math.max(1, ...parts);
    const bars = parts.map((value, at) => {
        const height = value === 0 ? 0 : Math.max(1.5, (16 * value) / most);
        return `M${at * 3} 16v${-height}h2v${height}z`;
    });
    return (
        <svg class="spark" viewBox="0 0 72 16" width="72" height="16" aria-hidden="true">
            <path class="spark-base" d="M0 15.5h72v.5H0z" />
            <path d={bars.join("")} />
        </svg>
    );
}
