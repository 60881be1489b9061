// The table: columns, order, sort, filter, range, pages, columns to add, files.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { hostile } from "../support/records.mjs";
import { isReal, rows, stage, until, visit } from "../support/stage.mjs";

const here = stage();
const labels = [
    "External Server IP",
    "External Server Hostname",
    "Highest Threat Level",
    "Count",
    "Country",
    "Last Seen",
    "Category",
];

function heads(page) {
    return page
        .locator("table.servers thead th")
        .evaluateAll((cells) => cells.map((cell) => cell.innerText.replace(/[▲▼↕\s]+$/, "")));
}

function sortButton(page, label) {
    return page.locator("thead").getByRole("button", { name: label, exact: true });
}

function levels(page) {
    return rows(page, ".level b").then((texts) => texts.map(Number));
}

test("the seven columns have the vendor's labels and order, the level decides the order", async () => {
    await visit(here, "/", async (page) => {
        await rows(page);
        assert.deepEqual(await heads(page), labels);
        const shown = await levels(page);
        assert.deepEqual(
            shown,
            [...shown].sort((a, b) => b - a),
        );
        assert.equal(shown[0], 10);
        assert.equal(await page.locator("th[aria-sort]").count(), 1);
        assert.equal(
            await page
                .locator("th[aria-sort=descending]")
                .innerText()
                .then((text) => text.includes("Highest Threat Level")),
            true,
        );
        assert.match(
            await page.locator("tbody tr").first().innerText(),
            /\d+ attempts?, \d+ hosts?/,
        );
        assert.equal(await page.title(), "Encrypted Traffic - openeti");
    });
});

test("each column sorts both ways, says so, and keeps it in the URL", async () => {
    await visit(here, "/", async (page) => {
        await rows(page);
        for (const label of labels) {
            const button = sortButton(page, label);
            await button.click();
            await page.waitForSelector("table[aria-busy=true]", { state: "detached" });
            const first = await page.locator("th[aria-sort]").getAttribute("aria-sort");
            await button.click();
            await until(
                () => page.locator("th[aria-sort]").getAttribute("aria-sort"),
                first === "ascending" ? "descending" : "ascending",
            );
            assert.equal(await page.locator("th[aria-sort]").count(), 1);
        }
        await sortButton(page, "Count").click();
        await until(() => new URL(page.url()).searchParams.get("sort"), "-count");
        const counts = (await rows(page, ".count-cell > span")).map((text) =>
            Number(/^[\d,]+/.exec(text)[0].replace(",", "")),
        );
        assert.deepEqual(
            counts,
            [...counts].sort((a, b) => b - a),
        );
        await sortButton(page, "External Server IP").click();
        await until(() => new URL(page.url()).searchParams.get("sort"), "ip");
        const addresses = await rows(page);
        const fours = addresses
            .filter((ip) => ip.includes("."))
            .map((ip) => ip.split(".").reduce((sum, part) => sum * 256 + Number(part), 0));
        assert.deepEqual(
            fours,
            [...fours].sort((a, b) => a - b),
        );
    });
});

test("a filter narrows the table, shows chips, and a click on a value adds or excludes it", async () => {
    await visit(here, "/", async (page) => {
        await rows(page);
        await page.keyboard.press("/");
        await page.keyboard.type("level>=7 -host:media*");
        await page.keyboard.press("Enter");
        await until(
            () => page.locator(".chip .wire").allInnerTexts(),
            ["level>=7", "-host:media*"],
        );
        assert.ok((await levels(page)).every((level) => level >= 7));
        assert.ok((await rows(page, ".host-cell")).every((name) => !name.startsWith("media")));
        await page.getByRole("button", { name: "Remove -host:media*" }).click();
        await until(() => page.locator(".chip .wire").allInnerTexts(), ["level>=7"]);
        const category = (await rows(page, ".category-cell"))[0];
        await page.locator(".category-cell .value").first().click();
        await until(() => page.locator(".chip").count(), 2);
        assert.deepEqual([...new Set(await rows(page, ".category-cell"))], [category]);
        await page
            .locator(".category-cell .value")
            .first()
            .click({ modifiers: ["Alt"] });
        await until(() => page.locator(".chip.excludes").count(), 1);
        assert.ok(!(await rows(page, ".category-cell")).includes(category));
        await page.getByRole("button", { name: "Clear" }).click();
        await until(() => page.locator(".chip").count(), 0);
        await until(() => new URL(page.url()).searchParams.get("filter"), null);
    });
});

test("a mistake in the filter is shown with a caret, by the page or by the service", async () => {
    await visit(
        here,
        "/",
        async (page) => {
            await rows(page);
            await page.fill("#filter", "(level>=7 OR country:RU");
            await page.getByRole("button", { name: "Apply" }).click();
            await page.waitForSelector(".caret");
            assert.equal((await page.locator(".caret pre").innerText()).split("\n")[1], "^");
            await page.fill("#filter", "level>=7 colour:red");
            await page.keyboard.press("Enter");
            await until(
                async () => (await page.locator(".caret pre").innerText()).split("\n")[1]?.length,
                10,
            );
            assert.match(await page.locator(".caret p").innerText(), /colour/);
            assert.ok((await page.locator("tbody tr").count()) > 0, "the rows before stay");
            assert.equal(await page.getAttribute("#filter", "aria-invalid"), "true");
        },
        { refusals: true },
    );
});

test("nothing that passes is explained, and so is the way out", async () => {
    await visit(here, "/?filter=host:no.such.name", async (page) => {
        await page.getByRole("heading", { name: "No server passes the filter" }).waitFor();
        await page.getByRole("button", { name: "Clear the filter" }).click();
        assert.ok((await rows(page)).length > 50);
    });
    await visit(here, "/?from=2020-01-01T00:00:00Z&to=2020-01-02T00:00:00Z", async (page) => {
        await page.getByRole("heading", { name: "No session in this range" }).waitFor();
        assert.match(await page.locator(".state p").innerText(), /The last one began .* ago/);
        await page.getByRole("button", { name: "Show 1 month" }).click();
        assert.ok((await rows(page)).length > 50);
    });
});

test("the ranges: three presets, a form, a brush", async () => {
    await visit(here, "/", async (page) => {
        await rows(page);
        for (const [label, range] of [
            ["1 week", "1w"],
            ["1 month", "1m"],
            ["1 day", null],
        ]) {
            await page.getByRole("button", { name: label, exact: true }).click();
            await until(
                () =>
                    page
                        .getByRole("button", { name: label, exact: true })
                        .getAttribute("aria-pressed"),
                "true",
            );
            assert.equal(new URL(page.url()).searchParams.get("range"), range);
        }
        await page.getByRole("button", { name: "Custom" }).click();
        await page.fill("input[name=from]", "2026-01-02T00:00:00");
        await page.fill("input[name=to]", "2026-01-01T00:00:00");
        await page.locator(".custom-range").getByRole("button", { name: "Apply" }).click();
        await page.getByText("The range must begin before it ends.").waitFor();
        await page.fill("input[name=to]", "2026-01-03T00:00:00");
        await page.locator(".custom-range").getByRole("button", { name: "Apply" }).click();
        await until(() => new URL(page.url()).searchParams.get("from"), "2026-01-01T23:00:00Z");
        await page.goBack();
        await rows(page);
        const plot = await page.locator(".u-over").boundingBox();
        await page.mouse.move(plot.x + plot.width * 0.25, plot.y + 20);
        await page.mouse.down();
        await page.mouse.move(plot.x + plot.width * 0.5, plot.y + 20, { steps: 4 });
        await page.mouse.up();
        await until(
            () => page.getByRole("button", { name: "Custom" }).getAttribute("aria-pressed"),
            "true",
        );
        const chosen = new URL(page.url()).searchParams;
        const hours = (Date.parse(chosen.get("to")) - Date.parse(chosen.get("from"))) / 3_600_000;
        assert.ok(hours > 5 && hours < 7, `${hours} hours were chosen`);
    });
});

test("pages go on and back, and a link to one of them works", async () => {
    await visit(here, "/?range=1m&sort=ip", async (page) => {
        const first = await rows(page);
        assert.equal(first.length, 100);
        assert.equal(await page.getByRole("button", { name: "First" }).isDisabled(), true);
        await page.getByRole("button", { name: "Next" }).click();
        await until(async () => (await rows(page))[0] !== first[0], true);
        const second = await rows(page);
        assert.equal(second.filter((ip) => first.includes(ip)).length, 0);
        const url = page.url();
        await page.getByRole("button", { name: "Previous" }).click();
        await until(() => rows(page), first);
        await page.goto(url);
        await until(() => rows(page), second);
        await page.getByRole("button", { name: "First" }).click();
        await until(() => rows(page), first);
    });
});

test("columns can be added behind the seven, and the URL keeps them", async () => {
    await visit(here, "/", async (page) => {
        await rows(page);
        await page.locator("summary", { hasText: "Columns" }).click();
        for (const label of ["Ports", "First Seen", "Visibility"]) {
            await page.getByLabel(label).check();
        }
        await until(() => heads(page), [...labels, "Ports", "First Seen", "Visibility"]);
        await page.keyboard.press("Escape");
        assert.equal(await page.locator("details.menu[open]").count(), 0);
        await page.reload();
        await rows(page);
        assert.equal((await heads(page)).length, 10);
        await page.locator("summary", { hasText: "Columns" }).click();
        await page.getByLabel("Ports").uncheck();
        await until(async () => (await heads(page)).length, 9);
    });
});

async function saved(page, format) {
    await page.locator("summary", { hasText: "Export" }).click();
    const [file] = await Promise.all([
        page.waitForEvent("download"),
        page.getByRole("button", { name: format, exact: true }).click(),
    ]);
    await page.keyboard.press("Escape");
    return readFileSync(await file.path(), "utf8");
}

test("what is shown can be saved as CSV without formulas, as JSON and as STIX", async () => {
    await visit(here, "/?filter=level:0&range=1m&columns=ports", async (page) => {
        await rows(page);
        const total = Number(/\d+/.exec(await page.locator(".total").innerText())[0]);
        const text = await saved(page, "CSV");
        assert.equal(text.split("\r\n")[0], [...labels, "Ports"].join(","));
        assert.equal(text.trim().split("\r\n").length, total + 1);
        assert.ok(text.includes(`'${hostile.formula}`), "the formula is quoted");
        assert.equal(JSON.parse(await saved(page, "JSON")).servers.length, total);
        assert.equal(JSON.parse(await saved(page, "STIX 2.1")).type, "bundle");
        await page.getByText("saved as encrypted-traffic").first().waitFor();
    });
});

test("text from the wire is text: no markup, no direction, nothing hidden", async () => {
    await visit(here, "/?range=1m&sort=hostname&filter=host:*.example", async (page) => {
        await rows(page);
        await page.fill("#filter", "host:*onerror* OR host:invoice*");
        await page.keyboard.press("Enter");
        await until(async () => (await rows(page)).length, 2);
        const names = await rows(page, ".host-cell");
        assert.ok(names.includes(hostile.script));
        assert.ok(names.includes("inv" + "oiceU+202Egnp.exe.example"));
        assert.equal(await page.evaluate(() => window.pwned), undefined);
        assert.equal(await page.locator("tbody img").count(), 0);
    });
});

test("the keyboard does all of it, and can be left alone", async () => {
    await visit(here, "/", async (page) => {
        const shown = await rows(page);
        await page.keyboard.press("j");
        await page.keyboard.press("j");
        await page.keyboard.press("k");
        await page.keyboard.press("j");
        assert.equal(await page.evaluate(() => document.activeElement.innerText), shown[1]);
        await until(() => new URL(page.url()).searchParams.get("sel"), shown[1]);
        await page.keyboard.press("/");
        assert.equal(await page.evaluate(() => document.activeElement.id), "filter");
        await page.keyboard.press("Escape");
        await page.keyboard.press("?");
        await page.getByRole("heading", { name: "Keyboard" }).waitFor();
        await page.getByLabel("shortcuts of one key are on").uncheck();
        await page.keyboard.press("Escape");
        await until(() => page.locator("dialog").count(), 0);
        await page.keyboard.press("/");
        assert.notEqual(await page.evaluate(() => document.activeElement.id), "filter");
        await page.getByRole("button", { name: "Keyboard" }).click();
        await page.getByLabel("shortcuts of one key are on").check();
        await page.getByRole("button", { name: "Close" }).click();
        await page.locator(".row-link").nth(1).focus();
        await page.keyboard.press("Enter");
        await page.getByRole("heading", { name: shown[1] }).waitFor();
    });
});

test(
    "an error says what and why, and can be tried again",
    { skip: isReal && "the service cannot be told to fail" },
    async () => {
        const { Refusal } = await import("../support/model.mjs");
        here.service.failing = new Refusal(503, "the store is full: raise --max-store-bytes");
        await visit(
            here,
            "/",
            async (page) => {
                await page.getByRole("heading", { name: "Service Unavailable" }).waitFor();
                await page.getByText("the store is full").waitFor();
                await page.locator("header .live").click(); // else it may recover by itself
                here.service.failing = null;
                await page.getByRole("button", { name: "Try again" }).click();
                assert.ok((await rows(page)).length > 50);
            },
            { refusals: true },
        );
    },
);
