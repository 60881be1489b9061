// Internal hosts: the list, many at once, one in detail.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { rows, stage, until, visit } from "../support/stage.mjs";

const here = stage();

function row(page, ip) {
    return page.locator("tbody tr", { has: page.getByRole("link", { name: ip, exact: true }) });
}

test("hosts are sorted by level, and narrowed by name, status and infection", async () => {
    await visit(here, "/hosts", async (page) => {
        const all = await rows(page);
        const scores = (await rows(page, ".level b")).map(Number);
        assert.deepEqual(
            scores,
            [...scores].sort((a, b) => b - a),
        );
        await page.getByRole("button", { name: "Host IP" }).click();
        await until(() => new URL(page.url()).searchParams.get("sort"), "ip");
        await page.fill("#filter", all[0]);
        await page.keyboard.press("Enter");
        await until(
            () => rows(page),
            all.filter((ip) => ip.startsWith(all[0])),
        );
        await page.fill("#filter", "");
        await page.getByRole("button", { name: "Apply" }).click();
        await until(async () => (await rows(page)).length, all.length);
        await page.getByLabel("infected only").check();
        await until(() => new URL(page.url()).searchParams.get("infected"), "true");
        assert.ok(
            (await rows(page, "td:nth-child(5)")).every((text) => text === "Infected, blocked"),
        );
        await page.getByLabel("infected only").uncheck();
        await page.locator(".toolbar select").selectOption({ label: "Resolved - fixed" });
        await page.getByRole("heading", { name: "No host to show" }).waitFor();
        await page.locator(".toolbar select").selectOption({ label: "any" });
        await rows(page);
    });
});

test("many hosts are changed at once in the vendor's words, and changed back by one undo", async () => {
    await visit(here, "/hosts", async (page) => {
        const [first, second] = await rows(page);
        await page.getByLabel("Choose all").check();
        await page.getByLabel("Choose all").uncheck();
        await page.getByLabel(`Choose ${first}`, { exact: true }).check();
        await page.getByLabel(`Choose ${second}`, { exact: true }).check();
        await page.getByText("2 hosts chosen").waitFor();
        await page.locator("summary", { hasText: "Set status" }).click();
        assert.deepEqual(await page.locator(".bulk details[open] button").allInnerTexts(), [
            "Open",
            "In progress",
            "Resolved - false positive",
            "Resolved - fixed",
            "Resolved - ignored",
        ]);
        await page.getByRole("button", { name: "Resolved - fixed" }).click();
        await page.getByText("2 hosts changed.").waitFor();
        await until(() => row(page, first).locator(".level").innerText(), "0 clean");
        assert.match(await row(page, second).innerText(), /Resolved - fixed/);
        await page.getByRole("button", { name: "Undo" }).click();
        await page.getByText("Undone.").waitFor();
        await until(async () => /Open/.test(await row(page, first).innerText()), true);
        await page.getByLabel(`Choose ${first}`, { exact: true }).check();
        await page.locator("summary", { hasText: "Set policy override" }).click();
        await page.getByRole("button", { name: "Never include in infected hosts feed" }).click();
        await page.getByText(`Host ${first} changed.`).waitFor();
        await until(async () => /Never include/.test(await row(page, first).innerText()), true);
        await page.getByRole("button", { name: "Undo" }).click();
        await until(
            async () => /Use configured policy/.test(await row(page, first).innerText()),
            true,
        );
    });
});

test("the list is saved as CSV", async () => {
    await visit(here, "/hosts", async (page) => {
        const shown = await rows(page);
        const save = async (what) => {
            await page.locator("summary", { hasText: "Export CSV" }).click();
            const [file] = await Promise.all([
                page.waitForEvent("download"),
                page.getByRole("button", { name: what, exact: true }).click(),
            ]);
            await page.keyboard.press("Escape");
            return (
                readFileSync(await file.path(), "utf8")
                    .trim()
                    .split("\r\n").length - 1
            );
        };
        assert.equal(await save("All"), shown.length);
        const lately = await save("Evidence within 1 day");
        assert.ok(lately > 0 && lately <= shown.length);
    });
});

test("a host shows what its score is made of, and takes identifier, status and override", async () => {
    await visit(here, "/hosts", async (page) => {
        const [ip] = await rows(page);
        await page.locator(".row-link").first().click();
        await page.getByRole("heading", { name: "What its score is made of" }).waitFor();
        assert.match(
            await page
                .locator("section", { hasText: "What its score" })
                .locator("tbody tr")
                .first()
                .innerText(),
            /certificate-blocklist|self-signed/,
        );
        await page.getByLabel("Host Identifier").fill("reception-pc");
        await page.getByRole("button", { name: "Save" }).click();
        await page.locator("h1 small", { hasText: "reception-pc" }).waitFor();
        await page.getByLabel("Investigation Status").selectOption({ label: "In progress" });
        await page.getByText(`Host ${ip} changed.`).nth(1).waitFor();
        await page
            .getByLabel("Policy override")
            .selectOption({ label: "Always include in infected hosts feed" });
        await page.getByText("by an analyst only").waitFor();
        await page.getByLabel("Policy override").selectOption({ label: "Use configured policy" });
        await until(() => page.getByText("by an analyst only").count(), 0);
        await page.getByLabel("Host Identifier").fill("");
        await page.getByRole("button", { name: "Save" }).click();
        await until(() => page.locator("h1 small").count(), 0);
        await page.getByRole("button", { name: "1 month" }).click();
        await until(() => new URL(page.url()).searchParams.get("range"), "1m");
        await page.getByRole("link", { name: "why" }).first().click();
        await page.waitForSelector("pre.record");
        await page.goBack();
        await page
            .locator("section", { hasText: "Servers" })
            .first()
            .locator(".row-link")
            .first()
            .click();
        await page.getByRole("button", { name: "Add to Allowlist" }).waitFor();
    });
});
