// Live: rows follow the service, stay where they are while looked at, and one tab listens for all.
import assert from "node:assert/strict";
import { test } from "node:test";
import { listed, session } from "../support/records.mjs";
import { isReal, rows, stage, until, visit } from "../support/stage.mjs";

const here = stage();
let fresh = 0;

function sessionOfNewServer() {
    fresh += 1;
    return session({
        server: `192.0.2.${fresh}`,
        host: "10.0.1.77",
        at: Date.now(),
        kind: "listed",
        sha1: listed[0].sha1,
        sni: `new${fresh}.example`,
    });
}

function isLive(page) {
    return until(
        () =>
            page
                .locator("header .live")
                .innerText()
                .then((text) => text.trim()),
        "Live",
    );
}

// watchFor gives a function that waits until the page's own listeners were told of such an event.
async function watchFor(page, name) {
    await page.evaluate((name) => {
        window.told = new Promise((done) => {
            window.watched = new BroadcastChannel("openeti");
            window.watched.onmessage = ({ data }) => data.name === name && done();
        });
    }, name);
    return () => page.evaluate(() => window.told);
}

// Anywhere: two servers of one threat level and second have no order by themselves.
function appears(page, ip) {
    return until(async () => (await rows(page)).includes(ip), true);
}

function attempts(page, ip) {
    return page
        .locator("tbody tr", { has: page.getByRole("link", { name: ip, exact: true }) })
        .locator(".count-cell > span")
        .innerText();
}

test("a new server appears by itself, at its place", async () => {
    await visit(here, "/", async (page) => {
        await rows(page);
        await isLive(page);
        const record = sessionOfNewServer();
        await here.service.post([record]);
        await until(async () => (await rows(page))[0], record.server.ip);
    });
});

test("no row moves under the pointer: counts change in place, what is new waits", async () => {
    await visit(here, "/", async (page) => {
        const before = await rows(page);
        await isLive(page);
        const watched = before[2];
        await page.locator("tbody tr").nth(2).hover();
        const count = Number.parseInt(await attempts(page, watched), 10);
        const again = session({
            server: watched,
            host: "10.0.1.78",
            at: Date.now(),
            kind: "tls13",
        });
        await here.service.post([
            again,
            sessionOfNewServer(),
            sessionOfNewServer(),
            sessionOfNewServer(),
        ]);
        await page.getByRole("button", { name: "3 new servers – show" }).waitFor();
        assert.match(await attempts(page, watched), new RegExp(`^${count + 1} attempts`));
        assert.deepEqual(await rows(page), before);
        await page.getByRole("button", { name: "3 new servers – show" }).click();
        await until(
            async () => (await rows(page)).slice(0, 3).every((ip) => ip.startsWith("192.0.2.")),
            true,
        );
        assert.equal(await page.locator(".waiting").count(), 0);
    });
});

test("no row moves under the focus, and all is shown once it leaves", async () => {
    await visit(here, "/", async (page) => {
        const before = await rows(page);
        await isLive(page);
        await page.locator(".row-link").nth(1).focus();
        const record = sessionOfNewServer();
        await here.service.post([record]);
        await page.getByRole("button", { name: "1 new server – show" }).waitFor();
        await page.keyboard.press("j");
        assert.deepEqual(await rows(page), before);
        await page.locator("#filter").focus();
        await appears(page, record.server.ip);
    });
});

test("paused, nothing changes; live again, it catches up", async () => {
    await visit(here, "/", async (page) => {
        const before = await rows(page);
        await isLive(page);
        await page.locator("header .live").click();
        await until(
            () =>
                page
                    .locator("header .live")
                    .innerText()
                    .then((text) => text.trim()),
            "Paused",
        );
        const record = sessionOfNewServer();
        const told = page.evaluate(
            () =>
                new Promise((done) => {
                    new EventSource("/v1/events").addEventListener("server", () =>
                        setTimeout(done, 1500),
                    );
                }),
        );
        await until(() => here.service.streams?.size ?? 2, 2);
        await here.service.post([record]);
        await told;
        assert.deepEqual(await rows(page), before);
        await page.locator("header .live").click();
        await appears(page, record.server.ip);
    });
});

test(
    "tabs of one browser share one stream, and another takes over",
    { skip: isReal && "the service's streams cannot be counted here" },
    async () => {
        await visit(here, "/", async (page, context) => {
            await rows(page);
            await isLive(page);
            const second = await context.newPage();
            await second.goto(here.service.url);
            await rows(second);
            await isLive(second);
            await until(() => here.service.streams.size, 1);
            const record = sessionOfNewServer();
            await here.service.post([record]);
            await appears(second, record.server.ip);
            const [closed] = here.service.streams;
            await page.close();
            await until(() => here.service.streams.has(closed), false);
            const next = sessionOfNewServer();
            await here.service.post([next]);
            await appears(second, next.server.ip);
        });
    },
);

test(
    "a tab that waits for an answer holds up no other one",
    { skip: isReal && "the service cannot be told to keep an answer back" },
    async () => {
        await visit(here, "/", async (page, context) => {
            await rows(page);
            const second = await context.newPage();
            await second.goto(here.service.url);
            await rows(second);
            await isLive(second);
            const release = here.service.holdNext("/v1/servers");
            try {
                await page.reload({ waitUntil: "commit" });
                await until(() => here.service.holds.length, 0);
                const record = sessionOfNewServer();
                await here.service.post([record]);
                await appears(second, record.server.ip);
            } finally {
                release();
            }
        });
    },
);

test(
    "what is new before the first answer has come is shown after it",
    { skip: isReal && "the service cannot be told to keep an answer back" },
    async () => {
        await visit(here, "/", async (page) => {
            await page.clock.install();
            const release = here.service.holdNext("/v1/servers");
            await page.reload({ waitUntil: "commit" });
            await until(() => here.service.holds.length, 0);
            await isLive(page);
            const record = sessionOfNewServer();
            const told = await watchFor(page, "server");
            await here.service.post([record]);
            await told();
            await page.clock.runFor(5000);
            release();
            await appears(page, record.server.ip);
        });
    },
);

test(
    "a lost link is shown, and so is its return",
    { skip: isReal && "the service cannot be told to drop its streams" },
    async () => {
        await visit(
            here,
            "/",
            async (page) => {
                await rows(page);
                await isLive(page);
                await page.route("**/v1/events", (route) => route.abort());
                here.service.dropStreams();
                await page.getByText("The link to the service is lost").waitFor();
                await page.unroute("**/v1/events");
                const record = sessionOfNewServer();
                here.service.model.add([record]);
                await isLive(page);
                await appears(page, record.server.ip);
                assert.equal(await page.locator(".banner").count(), 0);
            },
            { refusals: true },
        );
    },
);
