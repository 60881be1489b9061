// axe in both schemes on every view, narrow and enlarged.
import assert from "node:assert/strict";
import { test } from "node:test";
import { find, looksGood } from "../support/axe.mjs";
import { stage, visit } from "../support/stage.mjs";

// Fewer rows than a page holds: axe looks at every one of them, and they are all alike.
const here = stage({ servers: 32 });

async function firstServer(page) {
    await page.waitForSelector("tbody tr");
    await page.locator(".row-link").first().click();
    await page.waitForSelector("section:last-of-type tbody tr");
    await page.evaluate(() => document.activeElement?.blur());
}

const views = [
    { name: "servers", path: "/", ready: (page) => page.waitForSelector("tbody tr") },
    {
        name: "filter",
        path: "/?filter=level%3E%3D4+-country%3ARU&columns=ports,first_seen,visibility&range=1w",
        ready: (page) => page.waitForSelector("tbody tr"),
    },
    { name: "server", path: "/", ready: firstServer, full: true },
    { name: "hosts", path: "/hosts", ready: (page) => page.waitForSelector("tbody tr") },
    { name: "host", path: "/hosts", ready: firstServer, full: true },
    { name: "allowlist", path: "/allowlist", ready: (page) => page.waitForSelector(".state h2") },
    { name: "feeds", path: "/feeds", ready: (page) => page.waitForSelector("tbody tr") },
    {
        name: "feed",
        path: "/feeds/cc_cert_sha1",
        ready: (page) => page.waitForSelector("section:last-of-type tbody tr"),
    },
    {
        name: "sensors",
        path: "/sensors",
        ready: (page) => page.waitForSelector("section tbody tr"),
        full: true,
    },
    { name: "audit", path: "/audit", ready: (page) => page.waitForSelector(".state h2") },
    {
        name: "keyboard",
        path: "/hosts",
        ready: async (page) => {
            await page.waitForSelector("tbody tr");
            await page.keyboard.press("?");
            await page.waitForSelector("dialog[open]");
        },
    },
];

for (const view of views) {
    test(`axe finds nothing in ${view.name}, light and dark`, async () => {
        await visit(here, view.path, async (page) => {
            await view.ready(page);
            await looksGood(page, view.name, view.full === true);
        });
    });
}

test("colours are chosen by hand too, and remembered", async () => {
    await visit(here, "/hosts", async (page) => {
        const scheme = () => page.evaluate(() => document.documentElement.dataset.colours);
        assert.equal(await scheme(), "light");
        await page.getByRole("button", { name: "Colours: auto" }).click();
        await page.getByRole("button", { name: "Colours: light" }).click();
        assert.equal(await scheme(), "dark");
        await page.reload();
        await page.getByRole("button", { name: "Colours: dark" }).waitFor();
        assert.equal(await scheme(), "dark");
    });
});

test("at 400 % zoom nothing of the page is lost to the side", async () => {
    await visit(
        here,
        "/",
        async (page) => {
            await page.waitForSelector("tbody tr");
            assert.deepEqual(await find(page), []);
            const { wide, view } = await page.evaluate(() => ({
                wide: document.documentElement.scrollWidth,
                view: innerWidth,
            }));
            assert.ok(wide <= view, `${wide} pixels in ${view}`);
        },
        { context: { viewport: { width: 360, height: 640 } } },
    );
});

test("the policy holds: nothing inline, nothing from elsewhere", async () => {
    const page = await fetch(here.service.url);
    const policy = page.headers.get("content-security-policy");
    for (const part of [
        "default-src 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "object-src 'none'",
    ]) {
        assert.ok(policy.includes(part), part);
    }
    assert.ok(!policy.includes("unsafe"));
    assert.equal(page.headers.get("x-content-type-options"), "nosniff");
    const html = await page.text();
    assert.ok(!/<style|style=|<script(?![^>]*src=)|\son\w+=/i.test(html));
});
