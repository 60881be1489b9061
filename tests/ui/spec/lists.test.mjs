// Allowlist, feeds, sensors.
import assert from "node:assert/strict";
import { test } from "node:test";
import { rows, stage, until, visit } from "../support/stage.mjs";

const here = stage({ feedVersions: 2 });

test("an allowlist entry is added, refused, removed and brought back", async () => {
    await visit(
        here,
        "/allowlist",
        async (page) => {
            await page.getByRole("heading", { name: "The allowlist is empty" }).waitFor();
            await page.getByRole("button", { name: "Add entry" }).click();
            await page.getByLabel("Kind").selectOption("ip");
            await page.getByLabel("Value").fill("not an address");
            await page.getByRole("button", { name: "Add", exact: true }).click();
            await page.locator("dialog .error").waitFor();
            await page.getByLabel("Kind").selectOption("hostname");
            await page.getByLabel("Value").fill("updates.example");
            await page.getByLabel("Comment").fill("the vendor's updates");
            await page.locator("dialog input[name=expires]").fill("2030-01-01T00:00");
            await page.getByRole("button", { name: "Add", exact: true }).click();
            await page.locator("tbody tr", { hasText: "updates.example" }).waitFor();
            assert.match(
                await page.locator("tbody").innerText(),
                /Hostname suffix\s+the vendor's updates/,
            );
            await page.getByRole("button", { name: "Remove updates.example" }).click();
            assert.match(
                await page.locator("dialog").innerText(),
                /One entry goes: updates\.example/,
            );
            await page.getByRole("button", { name: "Remove", exact: true }).last().click();
            await page.getByRole("heading", { name: "The allowlist is empty" }).waitFor();
            await page
                .locator(".notice", { hasText: "was removed" })
                .getByRole("button", { name: "Undo" })
                .click();
            await page.locator("tbody tr", { hasText: "updates.example" }).waitFor();
        },
        { refusals: true },
    );
});

// The newest first; that one is in force.
async function versions(page) {
    const table = page.getByRole("table", { name: "Kept versions" });
    await table.locator("tbody tr").first().getByText("in force").waitFor();
    return (await table.locator("th[scope=row]").allInnerTexts()).map((text) => text.split(" ")[0]);
}

test("a feed shows age, sources, rejected lines, changes, and rolls back", async () => {
    await visit(here, "/feeds", async (page) => {
        assert.ok((await rows(page)).includes("cc_cert_sha1"));
        await page.locator(".row-link", { hasText: "cc_cert_sha1" }).click();
        await page.getByRole("heading", { name: "Sources" }).waitFor();
        await page.locator("summary", { hasText: "2 lines" }).click();
        await page.getByText(/^line 17: /).waitFor();
        const [newest, older] = await versions(page);
        const [day, serial] = newest.split(".");
        const later = (steps) => `${day}.${Number(serial) + steps}`;
        await page.getByRole("button", { name: `Changes of ${newest}` }).click();
        await page.locator("dialog").getByText("Added 1").waitFor();
        assert.match(await page.locator("dialog").innerText(), /Dridex C&C/);
        await page.getByRole("button", { name: "Close" }).click();
        await page.getByRole("button", { name: `Roll back to ${older}` }).click();
        assert.match(await page.locator("dialog").innerText(), /4 entries instead of 5/);
        await page.getByRole("button", { name: "Roll back", exact: true }).last().click();
        await page.getByText(`Version ${later(1)} has the content of ${older}.`).waitFor();
        await until(async () => (await versions(page))[0], later(1));
        await page.getByRole("button", { name: "Undo" }).click();
        await until(async () => (await versions(page))[0], later(2));
    });
});

test("sensors, limits and versions are shown", async () => {
    await visit(here, "/sensors", async (page) => {
        await page.locator("tbody tr", { hasText: "eti2" }).waitFor();
        await page.getByRole("heading", { name: "Limits in force" }).waitFor();
        assert.match(await page.locator("main").innerText(), /TLS 1\.3 \d+ %/);
        assert.match(await page.locator("main").innerText(), /cc_cert_sha1/);
    });
});
