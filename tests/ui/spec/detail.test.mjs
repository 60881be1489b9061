// Server detail, verdict, and what an analyst does about a server.
import assert from "node:assert/strict";
import { test } from "node:test";
import { rows, stage, until, visit } from "../support/stage.mjs";

const here = stage();

async function openFirst(page) {
    const [ip] = await rows(page);
    await page.locator(".row-link").first().click();
    await page.getByRole("heading", { name: ip, level: 1 }).waitFor();
    await page.waitForSelector(".facts");
    return ip;
}

function section(page, name) {
    return page.locator("section", { has: page.getByRole("heading", { name, exact: true }) });
}

test("the detail has hits, summary, ports, graph, hosts, reasons, certificates, sessions", async () => {
    await visit(here, "/", async (page) => {
        const ip = await openFirst(page);
        assert.match(await page.locator(".facts").innerText(), /Total Hits\s+\d+ from \d+ hosts?/);
        assert.match(await section(page, "Threat Summary").innerText(), /C&C/);
        assert.match(await section(page, "Ports and protocols").innerText(), /(443|8443) tls/);
        assert.ok((await page.locator(".chart canvas").count()) === 1);
        const hosts = section(page, "Hosts");
        assert.deepEqual(await hosts.locator("thead th").allInnerTexts(), [
            "Client Host",
            "Client IP Address",
            "Threat Level at Time",
            "Status",
            "Investigation",
            "Attempts",
            "Last Seen",
        ]);
        assert.match(
            await hosts.locator("tbody tr").first().innerText(),
            /10\.0\.1\.\d+\s+10 high\s+Blocked\s+Open/,
        );
        assert.match(
            await section(page, "Why").locator("tbody tr").first().innerText(),
            /certificate-blocklist/,
        );
        assert.match(
            await section(page, "Certificates").locator("tbody tr").first().innerText(),
            /C&C/,
        );
        await section(page, "Sessions").locator("tbody tr").first().waitFor();
        assert.ok((await section(page, "Sessions").innerText()).includes(ip));
        await page.getByRole("button", { name: "1 month" }).click();
        await until(() => new URL(page.url()).searchParams.get("range"), "1m");
        await page.getByRole("link", { name: "Encrypted Traffic" }).last().click();
        await until(() => new URL(page.url()).searchParams.get("range"), "1m");
        assert.ok((await rows(page)).includes(ip));
    });
});

test("a verdict names rule, versions and record", async () => {
    await visit(here, "/", async (page) => {
        const ip = await openFirst(page);
        await section(page, "Why").locator(".row-link").first().click();
        await page.getByRole("heading", { name: /^Verdict/ }).waitFor();
        await page.waitForSelector("pre.record");
        const text = await page.locator("main").innerText();
        assert.match(text, /certificate-blocklist version 1/);
        assert.match(text, /"reason": "certificate-blocklist"/);
        await page.locator("tbody").getByRole("link", { name: ip }).first().click();
        await page.waitForSelector(".facts");
        await page.goBack();
        await page
            .locator("tbody")
            .getByRole("link", { name: /^10\.0\.1\./ })
            .first()
            .click();
        await page.getByRole("heading", { name: "What its score is made of" }).waitFor();
    });
});

test("adding to the allowlist says what it means, works, is undone, is recorded", async () => {
    await visit(here, "/", async (page) => {
        const ip = await openFirst(page);
        await page.getByRole("button", { name: "Add to Allowlist" }).click();
        assert.match(await page.locator("dialog").innerText(), /\d+ attempts? of \d+ hosts?/);
        await page.getByRole("button", { name: "Cancel" }).click();
        await until(() => page.locator("dialog").count(), 0);
        await page.getByRole("button", { name: "Add to Allowlist" }).click();
        await page.getByLabel("Comment").fill("our own test server");
        await page.getByLabel("Expires").selectOption("7");
        await page.getByRole("button", { name: "Add", exact: true }).click();
        await page.getByText(`${ip} is on the allowlist.`).waitFor();
        await page.locator(".title-row .tag", { hasText: "allowlisted" }).waitFor();
        await page.getByRole("button", { name: "Undo" }).click();
        await page.getByText("Undone.").waitFor();
        await until(() => page.locator(".title-row .tag", { hasText: "allowlisted" }).count(), 0);
        await page.getByRole("link", { name: "Audit" }).click();
        await page.getByText("our own test server").first().waitFor();
        await page.getByRole("button", { name: "Reload" }).click();
        assert.ok((await page.locator("tbody tr", { hasText: ip }).count()) >= 2);
    });
});

test("a false positive takes the level away, and gives it back when undone", async () => {
    await visit(here, "/", async (page) => {
        await openFirst(page);
        await page.getByRole("button", { name: "Report False Positive" }).click();
        await page.getByLabel("Why").fill("certificate of our own appliance");
        await page.getByRole("button", { name: "Report", exact: true }).click();
        await page.getByText(/level 10 became 0, \d+ hosts? scored again/).waitFor();
        await until(() => page.locator(".facts .level").innerText(), "0 clean");
        assert.equal(
            await page.getByRole("button", { name: "Report False Positive" }).isDisabled(),
            true,
        );
        await page.getByRole("button", { name: "Undo" }).click();
        await until(() => page.locator(".facts .level").innerText(), "10 high");
        await page.getByRole("button", { name: "Dismiss" }).first().click();
    });
});

test("a server nobody met is explained", async () => {
    await visit(
        here,
        "/servers/192.0.2.200",
        async (page) => {
            await page.getByRole("heading", { name: "Not Found" }).waitFor();
            await page.getByRole("button", { name: "Try again" }).click();
            await page.getByRole("heading", { name: "Not Found" }).waitFor();
        },
        { refusals: true },
    );
    await visit(
        here,
        "/no/such/page",
        async (page) => {
            await page.getByRole("heading", { name: "There is no such page" }).waitFor();
            await page.getByRole("link", { name: "Encrypted Traffic" }).last().click();
            await rows(page);
        },
        { refusals: true },
    );
});
