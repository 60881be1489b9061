// first_paint.mjs PROGRAM: how long a browser that never saw the page takes to paint it and to fill
// the table, over the analysis service at PROGRAM with a month of records. See scripts/bench.
import { chromium } from "playwright-core";
import { month } from "./support/records.mjs";
import { RealService } from "./support/real_service.mjs";

const rounds = Number(process.env.BENCH_ROUNDS ?? 15);

function middle(values) {
    return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)].toFixed(0);
}

const service = await new RealService(process.argv[2], {}).start();
const browser = await chromium.launch({
    executablePath: process.env.ETI_CHROMIUM ?? "/usr/bin/chromium",
    args: process.getuid?.() === 0 ? ["--no-sandbox"] : [],
});
try {
    await service.post(month(Date.now()));
    const paints = [];
    const tables = [];
    for (let round = 0; round <= rounds; round += 1) {
        const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
        const page = await context.newPage();
        await page.goto(service.url);
        await page.waitForSelector("tbody tr");
        const [paint, table] = await page.evaluate(() => [
            performance.getEntriesByName("first-contentful-paint")[0].startTime,
            performance.now(),
        ]);
        if (round > 0) {
            // the first one starts the browser's processes
            paints.push(paint);
            tables.push(table);
        }
        await context.close();
    }
    const worst = Math.max(...paints).toFixed(0);
    console.log(`first contentful paint: median ${middle(paints)} ms, longest ${worst} ms`);
    console.log(`rows in the table:      median ${middle(tables)} ms (${rounds} rounds)`);
} finally {
    await browser.close();
    await service.close();
}
