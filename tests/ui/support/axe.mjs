// What axe finds wrong in a page, one line a rule.
import { AxeBuilder } from "@axe-core/playwright";
import assert from "node:assert/strict";
import { join } from "node:path";

const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

export async function find(page) {
    const { violations } = await new AxeBuilder({ page }).setLegacyMode().withTags(tags).analyze();
    return violations.map(
        ({ id, nodes }) =>
            `${id}: ${nodes
                .slice(0, 3)
                .map((node) => node.html.slice(0, 140))
                .join(" | ")}`,
    );
}

const folder = process.env.ETI_UI_SCREENSHOTS;

// looksGood: axe finds nothing, light and dark. Where ETI_UI_SCREENSHOTS names a folder, pictures
// of both are left there.
export async function looksGood(page, name, fullPage = false) {
    await page.waitForSelector(".busy.on", { state: "detached" });
    for (const colorScheme of ["light", "dark"]) {
        await page.emulateMedia({ colorScheme });
        await page.waitForSelector(`html[data-colours=${colorScheme}]`);
        assert.deepEqual(await find(page), [], `${name}, ${colorScheme}`);
        if (folder) {
            await page.screenshot({ path: join(folder, `${name}-${colorScheme}.png`), fullPage });
        }
    }
    await page.emulateMedia({ colorScheme: null });
}
