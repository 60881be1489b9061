// node build.mjs [FOLDER]: bundles the page into FOLDER, dist when none is named. The same input
// gives the same bytes, so a test can compare what is committed with what it builds.
import { build } from "esbuild";
import { copyFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const room = dirname(fileURLToPath(import.meta.url));
const out = process.argv[2] ?? join(room, "dist");
const libraries = ["preact", "@preact/signals", "@preact/signals-core", "uplot"];

async function notices() {
    const parts = libraries.map(async (name) => {
        const folder = join(room, "node_modules", name);
        const { version } = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
        const text = await readFile(join(folder, "LICENSE"), "utf8");
        return `${name} ${version}\n\n${text.trim()}\n`;
    });
    return `Libraries in app.js and their licences.\n\n${(await Promise.all(parts)).join("\n\n")}`;
}

await mkdir(out, { recursive: true });
await build({
    absWorkingDir: room,
    entryPoints: { app: "app/main.tsx", style: "app/style.css" },
    outdir: out,
    bundle: true,
    minify: true,
    format: "esm",
    target: ["es2022"],
    charset: "utf8",
    legalComments: "none",
    banner: { js: "/* openeti, Apache-2.0; libraries: /licenses.txt */" },
    jsx: "automatic",
    jsxImportSource: "preact",
    logLevel: "warning",
});
await copyFile(join(room, "index.html"), join(out, "index.html"));
await copyFile(join(room, "icon.svg"), join(out, "icon.svg"));
await writeFile(join(out, "licenses.txt"), await notices());
