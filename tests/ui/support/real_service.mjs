// The analysis service itself, on a free port, with a data folder of its own.
import { spawn, execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { until } from "./until.mjs";
import { blocklist, damagedBlocklist, earlierBlocklist } from "./records.mjs";

export class RealService {
    constructor(program, { withLogin, feedVersions }) {
        this.program = program;
        this.withLogin = withLogin;
        this.feedVersions = feedVersions;
        this.broken = [];
        this.folder = mkdtempSync(join(tmpdir(), "openeti-ui-"));
    }

    async start() {
        const list = join(this.folder, "list.csv");
        writeFileSync(list, this.feedVersions > 1 ? earlierBlocklist() : blocklist());
        const data = join(this.folder, "data");
        const child = spawn(this.program, [
            "--listen",
            "127.0.0.1:0",
            "--data",
            data,
            "--feed",
            list,
        ]);
        this.child = child;
        this.url = await new Promise((done, fail) => {
            let said = "";
            child.stdout.on("data", (chunk) => {
                said += chunk;
                const match = /listening on (\S+)/.exec(said);
                if (match) {
                    done(`http://${match[1]}`);
                }
            });
            child.stderr.on("data", (chunk) => (this.log = (this.log ?? "") + chunk));
            child.on("exit", (code) =>
                fail(new Error(`eti-analysis ended with ${code}: ${this.log}`)),
            );
        });
        this.token = readFileSync(join(data, "token"), "utf8").trim();
        if (this.feedVersions > 1) {
            writeFileSync(list, damagedBlocklist());
            child.kill("SIGHUP");
            await until(async () => (await this.feedVersionsNow()).length, 2);
        }
        if (this.withLogin) {
            execFileSync(this.program, ["token", "--data", data, "ui"]);
            const [user, password] = readFileSync(join(data, "login"), "utf8").trim().split(":");
            this.login = { user, password };
        }
        return this;
    }

    async feedVersionsNow() {
        const response = await fetch(`${this.url}/v1/feeds/cc_cert_sha1/versions`, {
            headers: { Authorization: `Bearer ${this.token}` },
        });
        return (await response.json()).versions;
    }

    async post(records) {
        const response = await fetch(`${this.url}/v1/records`, {
            method: "POST",
            headers: {
                "Content-Type": "application/x-ndjson",
                Authorization: `Bearer ${this.token}`,
            },
            body: records.map((record) => JSON.stringify(record)).join("\n"),
        });
        const answer = await response.json();
        if (response.status !== 202 || answer.rejected.length > 0) {
            throw new Error(
                `records were not taken: ${response.status} ${JSON.stringify(answer).slice(0, 500)}`,
            );
        }
    }

    async close() {
        this.child.removeAllListeners("exit");
        const gone = new Promise((done) => this.child.once("exit", done));
        this.child.kill("SIGTERM");
        await gone;
        rmSync(this.folder, { recursive: true, force: true });
    }
}
