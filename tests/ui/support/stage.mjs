// What a spec plays on: a service with a month of records, and a browser in front of it.
// The fake service by default; with ETI_UI_SERVICE=PATH the program at that path; with ETI_UI_URL
// a service that runs already, as it is.
import assert from "node:assert/strict";
import { after, before } from "node:test";
import { chromium } from "playwright-core";
import { FakeService } from "./fake_service.mjs";
import { RealService } from "./real_service.mjs";
import { violations } from "./contract.mjs";
import { month } from "./records.mjs";

export { until } from "./until.mjs";

const dist = new URL(process.env.ETI_UI_DIST ?? "../../../src/web/dist/", import.meta.url);
const root = process.getuid?.() === 0;

async function makeService({ login = null, feedVersions = 1 }) {
    if (process.env.ETI_UI_URL) {
        return { url: process.env.ETI_UI_URL, broken: [], close() {} };
    }
    const program = process.env.ETI_UI_SERVICE;
    return program
        ? new RealService(program, { withLogin: login !== null, feedVersions }).start()
        : new FakeService(dist, login).start();
}

export const isReal = Boolean(process.env.ETI_UI_SERVICE ?? process.env.ETI_UI_URL);

// stage makes service and browser once for a file's tests. options: login, empty, servers,
// feedVersions (of the real service; the fake one always has three).
export function stage(options = {}) {
    const here = { service: null, browser: null, now: Date.now() };
    before(async () => {
        here.service = await makeService(options);
        if (!options.empty) {
            await here.service.post(month(here.now, options.servers));
        }
        here.browser = await chromium.launch({
            executablePath: process.env.ETI_CHROMIUM ?? "/usr/bin/chromium",
            args: root ? ["--no-sandbox"] : [],
        });
    });
    after(async () => {
        await here.browser?.close();
        await here.service?.close();
        assert.deepEqual(here.service?.broken ?? [], [], "answers outside the contract");
    });
    return here;
}

// Every answer of a real service to the page must fit the contract; the fake one looks for itself.
function checkAnswers(here, page) {
    page.on("response", async (response) => {
        const request = response.request();
        const { pathname } = new URL(response.url());
        if (!isReal || !pathname.startsWith("/v1/") || pathname === "/v1/events") {
            return;
        }
        const body = await response.text().catch(() => "");
        // Empty though it should not be: the page has gone on, or has saved it as a file.
        if (body !== "" || response.status() === 204) {
            const type = response.headers()["content-type"] ?? "";
            here.service.broken.push(
                ...violations(request.method(), pathname, response.status(), type, body),
            );
        }
    });
}

// A fresh profile at a path. What the page complains about is an error of the test, but for the
// line that Chromium writes about every refused request, where refusals are expected.
export async function visit(here, path, run, { refusals = false, context: wanted = {} } = {}) {
    const context = await here.browser.newContext({
        viewport: { width: 1440, height: 900 },
        timezoneId: "Europe/Berlin",
        ...wanted,
    });
    const page = await context.newPage();
    page.setDefaultTimeout(20_000);
    checkAnswers(here, page);
    const complaints = [];
    page.on("pageerror", (error) => complaints.push(`page error: ${error.message}`));
    page.on("console", (message) => {
        const refused = refusals && message.text().startsWith("Failed to load resource");
        if (["error", "warning"].includes(message.type()) && !refused) {
            complaints.push(`${message.type()}: ${message.text()}`);
        }
    });
    try {
        await page.goto(here.service.url + path);
        await run(page, context);
        assert.deepEqual(complaints, [], "the console");
    } finally {
        await context.close();
    }
}

export async function rows(page, cell = "th[scope=row] a") {
    await page.waitForSelector("tbody tr");
    await page.waitForSelector("table[aria-busy=true]", { state: "detached" });
    return page.locator(`tbody tr ${cell}`).allInnerTexts();
}
