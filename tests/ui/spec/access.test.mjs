// Login, and a service that has nothing yet.
import assert from "node:assert/strict";
import { test } from "node:test";
import { stage, until, visit } from "../support/stage.mjs";

const here = stage({ login: { user: "admin", password: "correct horse" }, empty: true });

async function enter(page, user, password) {
    await page.getByLabel("User").fill(user);
    await page.getByLabel("Password").fill(password);
    await page.getByRole("button", { name: "Log in" }).click();
}

test("one logs in, sees the page asked for, and logs out", async () => {
    const { user, password } = here.service.login;
    await visit(
        here,
        "/sensors",
        async (page, context) => {
            await enter(page, user, "wrong");
            await page.locator(".error").waitFor();
            await enter(page, user, password);
            await page.getByRole("heading", { name: "No sensor has sent records yet" }).waitFor();
            const cookie = (await context.cookies()).find((each) => each.name === "openeti");
            assert.deepEqual([cookie.httpOnly, cookie.sameSite], [true, "Strict"]);
            await page.getByRole("link", { name: "Encrypted Traffic" }).click();
            await page.getByRole("heading", { name: "No session yet" }).waitFor();
            await until(
                () =>
                    page
                        .locator("header .live")
                        .innerText()
                        .then((text) => text.trim()),
                "Live",
            );
            await page.getByRole("link", { name: "Audit" }).click();
            await page.locator("main h1").waitFor();
            await page.getByRole("button", { name: `Log out ${user}` }).click();
            await page.getByRole("heading", { name: "Log in to openeti" }).waitFor();
            await page.reload();
            await page.getByRole("heading", { name: "Log in to openeti" }).waitFor();
        },
        { refusals: true },
    );
});
