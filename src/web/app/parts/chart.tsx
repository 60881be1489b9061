// Attempts over time with a brush: drag to look at a part of it.
import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import { count, localTime } from "../core/format.ts";
import { asTime } from "../core/range.ts";
import { dark } from "../core/settings.ts";
import type { Point } from "../core/types.ts";

interface Props {
    points: Point[];
    height: number;
    label: string;
    onRange: (from: string, to: string) => void;
}

function colour(name: string): string {
    return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function columns(points: Point[]): uPlot.AlignedData {
    return [
        points.map((point) => Date.parse(point.t) / 1000),
        points.map((point) => point.count),
        points.map((point) => point.blocked),
    ];
}

function axis(size: number): uPlot.Axis {
    return {
        stroke: colour("--faint"),
        grid: { stroke: colour("--line"), width: 1 },
        ticks: { show: false },
        size,
        font: "11px system-ui, sans-serif",
        gap: 4,
    };
}

const wholeSteps = [...Array(10).keys()].flatMap((power) =>
    [1, 2, 5].map((step) => step * 10 ** power),
);

// One line a label: the day where one begins, else the time.
function timeLabels(values: number[], increment: number): string[] {
    return values.map((value) => {
        const text = localTime(new Date(value * 1000).toISOString());
        const midnight = text.endsWith("00:00:00");
        return midnight ? text.slice(5, 10) : increment < 60 ? text.slice(11) : text.slice(11, 16);
    });
}

function options(props: Props, width: number, step: number): uPlot.Options {
    const bars = uPlot.paths.bars!({ size: [0.8, 40, 1], align: 1 });
    return {
        width,
        height: props.height,
        padding: [6, 10, 0, 0],
        legend: { show: false },
        cursor: { drag: { x: true, y: false, setScale: false }, points: { show: false }, y: false },
        scales: {
            x: { time: true, range: (_, min, max) => [min, max + step] },
            y: { range: (_, __, max) => [0, Math.max(1, max) * 1.08] },
        },
        axes: [
            {
                ...axis(24),
                space: 64,
                values: (_, values, __, ___, increment) => timeLabels(values, increment),
            },
            { ...axis(52), space: 24, incrs: wholeSteps, values: (_, values) => values.map(count) },
        ],
        series: [
            {},
            {
                label: "attempts",
                fill: colour("--bar"),
                width: 0,
                paths: bars,
                points: { show: false },
            },
            {
                label: "blocked",
                fill: colour("--bar-blocked"),
                width: 0,
                paths: bars,
                points: { show: false },
            },
        ],
        hooks: {
            setSelect: [
                (plot) => {
                    const { left, width: wide } = plot.select;
                    if (wide < 4) {
                        return;
                    }
                    const from = plot.posToVal(left, "x");
                    const to = Math.max(plot.posToVal(left + wide, "x"), from + Math.min(step, 60));
                    plot.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false);
                    props.onRange(asTime(from * 1000), asTime(to * 1000));
                },
            ],
        },
    };
}

export function Chart(props: Props) {
    const box = useRef<HTMLDivElement>(null);
    const plot = useRef<uPlot | null>(null);
    const latest = useRef(props);
    latest.current = props;
    const { points } = props;
    const isDark = dark.value;
    useEffect(() => {
        const element = box.current!;
        const step =
            points.length > 1 ? (Date.parse(points[1]!.t) - Date.parse(points[0]!.t)) / 1000 : 60;
        const made = new uPlot(
            options(
                { ...props, onRange: (from, to) => latest.current.onRange(from, to) },
                element.clientWidth,
                step,
            ),
            columns(points),
            element,
        );
        plot.current = made;
        const watch = new ResizeObserver(() =>
            made.setSize({ width: element.clientWidth, height: props.height }),
        );
        watch.observe(element);
        return () => {
            watch.disconnect();
            made.destroy();
            plot.current = null;
        };
    }, [isDark, points.length]);
    useEffect(() => plot.current?.setData(columns(points)), [points]);
    const total = points.reduce((sum, point) => sum + point.count, 0);
    const blocked = points.reduce((sum, point) => sum + point.blocked, 0);
    const peak = points.reduce<Point | null>(
        (top, point) => (top === null || point.count > top.count ? point : top),
        null,
    );
    return (
        <figure class="chart">
            <figcaption>
                <span>{props.label}</span>
                <span>
                    <i class="key attempts" /> {count(total)} attempts
                </span>
                <span>
                    <i class="key blocked" /> {count(blocked)} blocked
                </span>
                {peak && peak.count > 0 && (
                    <span class="faint">
                        most: {count(peak.count)} from {localTime(peak.t)}
                    </span>
                )}
                <span class="faint push">drag to choose a range</span>
            </figcaption>
            <div ref={box} class="plot" aria-hidden="true" />
        </figure>
    );
}
