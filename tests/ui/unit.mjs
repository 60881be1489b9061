// node unit.mjs: the page's pure parts under node's own test runner, on any node from 18 on.
import { build } from "../../src/web/node_modules/esbuild/lib/main.js";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const out = mkdtempSync(join(tmpdir(), "openeti-unit-"));
try {
    const tests = readdirSync(join(here, "unit")).filter((name) => name.endsWith(".test.ts"));
    await build({
        absWorkingDir: here,
        entryPoints: tests.map((name) => join("unit", name)),
        outdir: out,
        outExtension: { ".js": ".mjs" },
        bundle: true,
        format: "esm",
        platform: "node",
        logLevel: "warning",
    });
    const files = tests.map((name) => join(out, name.replace(/\.ts$/, ".mjs")));
    process.exitCode =
        spawnSync(process.execPath, ["--test", ...files], { stdio: "inherit" }).status ?? 1;
} finally {
    rmSync(out, { recursive: true, force: true });
}
