import assert from "node:assert/strict";
import { test } from "node:test";
import {
    bytes,
    counted,
    duration,
    exactTime,
    percent,
    relative,
    severity,
} from "../../../src/web/app/core/format.ts";
import { merge } from "../../../src/web/app/core/livetable.ts";
import { pieces, visible } from "../../../src/web/app/core/wiretext.ts";

test("levels have the vendor's words", () => {
    const words = Array.from({ length: 11 }, (_, level) => severity(level));
    assert.deepEqual(words, [
        "clean",
        "low",
        "low",
        "low",
        "medium",
        "medium",
        "medium",
        "high",
        "high",
        "high",
        "high",
    ]);
});

test("numbers read as people write them", () => {
    assert.equal(counted(1, "host"), "1 host");
    assert.equal(counted(1234, "attempt"), "1,234 attempts");
    assert.equal(counted(0, "entry", "entries"), "0 entries");
    assert.equal(bytes(999), "999 B");
    assert.equal(bytes(1500), "1.5 KB");
    assert.equal(bytes(738_000), "738 KB");
    assert.equal(percent(1, 1000), "< 1 %");
    assert.equal(percent(0, 0), "0 %");
    assert.equal(duration(300), "5 min");
});

test("times are told from now", () => {
    const now = Date.parse("2026-11-28T12:00:00Z");
    const cases: [string, string][] = [
        ["2026-11-28T11:59:58Z", "now"],
        ["2026-11-28T11:59:20Z", "40 s ago"],
        ["2026-11-28T11:15:00Z", "45 min ago"],
        ["2026-11-28T10:00:00Z", "2 h ago"],
        ["2026-11-20T12:00:00Z", "8 d ago"],
        ["2026-11-29T13:00:00Z", "in 1 d"],
        ["nonsense", "—"],
    ];
    for (const [time, expected] of cases) {
        assert.equal(relative(time, now), expected);
    }
    assert.match(exactTime("2026-11-28T10:00:00Z"), /2026-11-28 10:00:00 UTC$/);
    assert.equal(exactTime("nonsense"), "");
});

test("characters that would not show are named, all others stay as they are", () => {
    assert.equal(visible("plain.example"), "plain.example");
    assert.equal(visible("münchen.example 例え"), "münchen.example 例え");
    assert.equal(visible("a\u202egnp.exe"), "a[U+202E]gnp.exe");
    assert.equal(visible("a\u0000\r\nb\u007f"), "a[U+0000][U+000D][U+000A]b[U+007F]");
    assert.equal(visible("x\u200b\ufeff\u2066y"), "x[U+200B][U+FEFF][U+2066]y");
    assert.equal(visible("\u{e0041}"), "[U+E0041]");
    assert.equal(visible("\ud800z"), "[U+D800]z");
    assert.deepEqual(pieces("a\u202eb"), [
        { text: "a", hidden: false },
        { text: "U+202E", hidden: true },
        { text: "b", hidden: false },
    ]);
    assert.deepEqual(pieces(""), []);
});

test("rows that are looked at keep their place, and what waits is counted", () => {
    const row = (id: string, count = 0) => ({ id, count });
    const shown = [row("a"), row("b"), row("c")];
    const of = (fresh: { id: string; count: number }[]) => merge(shown, fresh, (each) => each.id);
    assert.deepEqual(of([row("a", 5), row("b"), row("c")]), {
        rows: [row("a", 5), row("b"), row("c")],
        added: 0,
        moved: false,
    });
    assert.deepEqual(of([row("x"), row("a"), row("b")]), { rows: shown, added: 1, moved: false });
    assert.deepEqual(of([row("b", 1), row("a"), row("c")]), {
        rows: [row("a"), row("b", 1), row("c")],
        added: 0,
        moved: true,
    });
    assert.deepEqual(of([]), { rows: shown, added: 0, moved: false });
});
