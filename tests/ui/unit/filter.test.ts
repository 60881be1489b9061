import assert from "node:assert/strict";
import { test } from "node:test";
import { chips, mistake, quote, withoutChip, withTerm } from "../../../src/web/app/core/filter.ts";

test("terms that AND joins are chips, and what belongs together stays together", () => {
    const cases: [string, string[]][] = [
        ["", []],
        ["   ", []],
        ["country:RU level>=7", ["country:RU", "level>=7"]],
        ["country:RU AND level>=7", ["country:RU", "level>=7"]],
        ['category:"AsyncRAT C&C" -host:*.example', ['category:"AsyncRAT C&C"', "-host:*.example"]],
        ["(category:a OR ja4:t13*) level>3", ["(category:a OR ja4:t13*)", "level>3"]],
        ["NOT country:RU level>3", ["NOT country:RU", "level>3"]],
        ["a OR b", ["a OR b"]],
        ['host:"a\\" b" c', ['host:"a\\" b"', "c"]],
        ['"never closed here', ['"never closed here']],
        ["((a) b", ["((a) b"]],
    ];
    for (const [text, expected] of cases) {
        assert.deepEqual(
            chips(text).map((chip) => chip.text),
            expected,
            text,
        );
    }
    assert.deepEqual(
        chips("-a NOT b c").map((chip) => chip.excludes),
        [true, true, false],
    );
});

test("a chip is taken out and the rest stays", () => {
    assert.equal(withoutChip('country:RU category:"A B" level>3', 1), "country:RU level>3");
    assert.equal(withoutChip("a OR b", 0), "");
});

test("a value is added once, excluded instead of included, and never changes what OR means", () => {
    const cases: [string, boolean, string][] = [
        ["", false, "country:RU"],
        ["level>3", false, "level>3 country:RU"],
        ["country:RU", false, "country:RU"],
        ["country:RU", true, "-country:RU"],
        ["-country:RU level>3", false, "level>3 country:RU"],
        ["a OR b", false, "(a OR b) country:RU"],
        ["(a OR b)", true, "(a OR b) -country:RU"],
    ];
    for (const [text, exclude, expected] of cases) {
        assert.equal(withTerm(text, "country", "RU", exclude), expected, text);
    }
});

test("what the wire says is quoted unless it is plain", () => {
    const cases: [string, string][] = [
        ["203.0.113.7", "203.0.113.7"],
        ["2001:db8::1", "2001:db8::1"],
        ["www.example.com", "www.example.com"],
        ["AsyncRAT C&C", '"AsyncRAT C&C"'],
        ['a"b\\c', '"a\\"b\\\\c"'],
        ["*", '"*"'],
        ["OR", '"OR"'],
        ["-x", '"-x"'],
        [") OR level>=0", '") OR level>=0"'],
    ];
    for (const [value, expected] of cases) {
        assert.equal(quote(value), expected);
        assert.equal(chips(`host:${quote(value)}`).length, 1, value);
    }
});

test("unbalanced text is found where it is, counted in characters", () => {
    const cases: [string, number | null][] = [
        ["a (b OR c)", null],
        ['"a ) b"', null],
        ["(a", 1],
        ["a (b", 3],
        ["a)", 2],
        ['x "a', 3],
        ["\u{1f600}\u{1f600} (", 4],
        ['"a\\"', 1],
    ];
    for (const [text, column] of cases) {
        assert.equal(mistake(text)?.column ?? null, column, text);
    }
});
