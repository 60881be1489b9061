// The page over what the daemon saw in scripts/demo. Run by tests/system/page_test, in the
// namespace of the analysis service.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { looksGood } from "../support/axe.mjs";
import { rows, stage, until, visit } from "../support/stage.mjs";

const here = stage({ empty: true });
const listed = "10.0.1.101";
const victim = "10.0.1.10";

function section(page, name) {
    return page.locator("section", { has: page.getByRole("heading", { name, exact: true }) });
}

function row(page, text) {
    return page.locator("tbody tr", { has: page.getByRole("link", { name: text, exact: true }) });
}

async function saved(page, format) {
    await page.locator("summary", { hasText: "Export" }).click();
    const [file] = await Promise.all([
        page.waitForEvent("download"),
        page.getByRole("button", { name: format, exact: true }).click(),
    ]);
    await page.keyboard.press("Escape");
    return readFileSync(await file.path(), "utf8");
}

test("the listed server is on top, named, with the listing reason as its category", async () => {
    await visit(here, "/", async (page) => {
        assert.equal((await rows(page))[0], listed);
        const first = page.locator("tbody tr").first();
        const text = await first.innerText();
        for (const part of ["listed.example", "10", "high", "Demo C&C"]) {
            assert.ok(text.includes(part), `${part} in ${text}`);
        }
        assert.match(text, /\d+ attempts?, \d+ hosts?/);
        await looksGood(page, "demo-servers");
    });
});

test("sort, filter, range, columns and files work on it", async () => {
    await visit(here, "/", async (page) => {
        const all = await rows(page);
        for (const label of [
            "Count",
            "Last Seen",
            "External Server Hostname",
            "Country",
            "Category",
        ]) {
            await page.locator("thead").getByRole("button", { name: label, exact: true }).click();
            await until(
                () =>
                    page
                        .locator("th[aria-sort=ascending], th[aria-sort=descending]")
                        .innerText()
                        .then((text) => text.includes(label)),
                true,
            );
            assert.deepEqual((await rows(page)).sort(), [...all].sort());
        }
        await page.keyboard.press("/");
        await page.keyboard.type(`level>=7 client:${victim} category:"Demo C&C"`);
        await page.keyboard.press("Enter");
        await until(() => page.locator(".chip").count(), 3);
        await until(() => rows(page), [listed]);
        assert.equal((await saved(page, "CSV")).trim().split("\r\n").length, 2);
        assert.equal(JSON.parse(await saved(page, "STIX 2.1")).objects.length, 1);
        await page.getByRole("button", { name: "Clear" }).click();
        for (const range of ["1 week", "1 month", "1 day"]) {
            await page.getByRole("button", { name: range }).click();
            await until(async () => (await rows(page)).sort(), [...all].sort());
        }
        await page.locator("summary", { hasText: "Columns" }).click();
        await page.getByLabel("Visibility").check();
        await page.keyboard.press("Escape");
        assert.match(await page.locator("thead").innerText(), /Visibility/);
    });
});

test("the server's page tells hosts, action, certificate, sessions and why", async () => {
    await visit(here, "/", async (page) => {
        await rows(page);
        await page.locator(".row-link").first().click();
        assert.match(await section(page, "Threat Summary").innerText(), /Demo C&C/);
        assert.match(await row(page, victim).first().innerText(), /10 high\s+Blocked/);
        assert.match(await section(page, "Certificates").innerText(), /Demo C&C/);
        await section(page, "Sessions").locator("tbody tr").first().waitFor();
        await looksGood(page, "demo-server", true);
        await section(page, "Why").locator(".row-link").first().click();
        await page.waitForSelector("pre.record");
        assert.match(await page.locator("pre.record").innerText(), /"sensor": "eti1"/);
        await looksGood(page, "demo-verdict", true);
    });
});

test("a report of a false positive and an allowlist entry are made and undone", async () => {
    await visit(here, `/servers/${listed}`, async (page) => {
        await until(() => page.locator(".facts .level").innerText(), "10 high");
        await page.getByRole("button", { name: "Report False Positive" }).click();
        await page.getByLabel("Why").fill("only a demo");
        await page.getByRole("button", { name: "Report", exact: true }).click();
        await until(() => page.locator(".facts .level").innerText(), "0 clean");
        await page.getByRole("button", { name: "Undo" }).click();
        await until(() => page.locator(".facts .level").innerText(), "10 high");
        await page.getByRole("button", { name: "Add to Allowlist" }).click();
        await page.getByRole("button", { name: "Add", exact: true }).click();
        await page.getByText(`${listed} is on the allowlist.`).waitFor();
        await page.getByRole("button", { name: "Undo" }).last().click();
        await until(() => page.locator(".title-row .tag", { hasText: "allowlisted" }).count(), 0);
        await page.getByRole("link", { name: "Audit" }).click();
        await page.getByText("only a demo").first().waitFor();
        await looksGood(page, "demo-audit");
    });
});

test("the victim is infected, and the analyst's words are taken and taken back", async () => {
    await visit(here, "/hosts", async (page) => {
        await rows(page);
        assert.match(await row(page, victim).innerText(), /10 high[\s\S]*Infected, blocked/);
        await looksGood(page, "demo-hosts");
        await row(page, victim).locator(".row-link").click();
        await page.getByRole("heading", { name: "What its score is made of" }).waitFor();
        assert.match(await page.locator("main").innerText(), /certificate-blocklist/);
        await page.getByLabel("Investigation Status").selectOption({ label: "In progress" });
        await page.getByText(`Host ${victim} changed.`).waitFor();
        await page.getByLabel("Investigation Status").selectOption({ label: "Open" });
        await page.getByText(`Host ${victim} changed.`).nth(1).waitFor();
        await looksGood(page, "demo-host", true);
    });
});

test("allowlist, feeds and sensors show what the demo made", async () => {
    await visit(here, "/allowlist", async (page) => {
        await page.locator("tbody tr", { hasText: "10.0.1.103" }).waitFor();
        await looksGood(page, "demo-allowlist");
        await page.getByRole("link", { name: "Feeds" }).click();
        await row(page, "cc_cert_sha1").waitFor();
        await looksGood(page, "demo-feeds");
        await page.getByRole("link", { name: "Sensors" }).click();
        await page.locator("tbody tr", { hasText: "eti1" }).waitFor();
        await looksGood(page, "demo-sensors", true);
    });
});
