// A service for the page to talk to: the routes of src/api/openapi.json over a Model. Each answer is
// checked against the contract, so that the page is never tested against something else.
import { createServer } from "node:http";
import { readFileSync } from "node:fs";
import { violations } from "./contract.mjs";
import { Model, Refusal } from "./model.mjs";
import { answer, postRecords } from "./routes.mjs";

const policy =
    "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'; object-src 'none'";
const types = {
    html: "text/html; charset=utf-8",
    js: "text/javascript; charset=utf-8",
    css: "text/css; charset=utf-8",
    svg: "image/svg+xml",
    txt: "text/plain; charset=utf-8",
};
export class FakeService {
    constructor(dist, login = null) {
        this.dist = dist;
        this.login = login; // { user, password }, or null: none is needed
        this.model = new Model();
        this.streams = new Set();
        this.broken = []; // answers that do not fit the contract
        this.failing = null; // a Refusal for every page route, while it is set
        this.delayMs = 0;
        this.holds = []; // answers to keep back: { path, released }
        this.requests = [];
        this.server = createServer((request, response) => this.serve(request, response));
    }

    async start() {
        await new Promise((done) => this.server.listen(0, "127.0.0.1", done));
        this.url = `http://127.0.0.1:${this.server.address().port}`;
        return this;
    }

    // The next answer to path is made when it is asked for, and sent when the returned function is called.
    holdNext(path) {
        let release;
        this.holds.push({ path, released: new Promise((done) => (release = done)) });
        return release;
    }

    async post(records) {
        const events = postRecords(
            this.model,
            records.map((record) => JSON.stringify(record)).join("\n"),
        ).events;
        for (const [name, data] of events) {
            this.emit(name, data);
        }
    }

    close() {
        this.dropStreams();
        this.server.closeAllConnections();
        return new Promise((done) => this.server.close(done));
    }

    dropStreams() {
        for (const stream of this.streams) {
            stream.end();
        }
        this.streams.clear();
    }

    logIn({ user, password }) {
        if (user !== this.login?.user || password !== this.login?.password) {
            throw new Refusal(401, "user or password is wrong");
        }
        this.model.user = user;
        return {
            json: { user, login_required: true },
            headers: { "Set-Cookie": "openeti=x; HttpOnly; SameSite=Strict; Path=/" },
        };
    }

    emit(name, data) {
        this.eventId = (this.eventId ?? 0) + 1;
        for (const stream of this.streams) {
            stream.write(`id: ${this.eventId}\nevent: ${name}\ndata: ${JSON.stringify(data)}\n\n`);
        }
    }

    async serve(request, response) {
        const url = new URL(request.url, this.url);
        if (!url.pathname.startsWith("/v1/")) {
            this.serveFile(url.pathname, response);
            return;
        }
        let body = "";
        for await (const chunk of request) {
            body += chunk;
        }
        this.requests.push(`${request.method} ${url.pathname}${url.search}`);
        if (this.delayMs > 0) {
            await new Promise((done) => setTimeout(done, this.delayMs));
        }
        if (url.pathname === "/v1/events" && (this.login === null || this.model.user)) {
            response.writeHead(200, {
                "Content-Type": "text/event-stream",
                "Cache-Control": "no-store",
            });
            response.write(": hello\n\n");
            this.streams.add(response);
            response.on("close", () => this.streams.delete(response));
            return;
        }
        const found = this.respond(request, url, body);
        const text = found.json === undefined ? (found.text ?? "") : JSON.stringify(found.json);
        const type = found.type ?? "application/json";
        if (url.pathname !== "/v1/events") {
            this.broken.push(
                ...violations(request.method, url.pathname, found.status ?? 200, type, text),
            );
        }
        const hold = this.holds.find(({ path }) => path === url.pathname);
        if (hold) {
            this.holds.splice(this.holds.indexOf(hold), 1);
            await hold.released;
        }
        response.writeHead(found.status ?? 200, {
            ...(text === "" ? {} : { "Content-Type": type }),
            "X-Content-Type-Options": "nosniff",
            ...found.headers,
        });
        response.end(text);
        for (const [name, data] of found.events ?? []) {
            this.emit(name, data);
        }
    }

    respond(request, url, body) {
        const parts = url.pathname.split("/").slice(2).map(decodeURIComponent);
        try {
            const open = ["login", "me"].includes(parts[0]);
            if (this.login !== null && !this.model.user && !open) {
                throw new Refusal(401, "log in first");
            }
            if (
                request.method !== "GET" &&
                parts[0] !== "records" &&
                request.headers["x-openeti"] !== "1"
            ) {
                throw new Refusal(403, "a write needs the header X-Openeti: 1");
            }
            if (this.failing !== null && !open) {
                throw this.failing;
            }
            return answer(
                this,
                request.method,
                parts,
                url.searchParams,
                request.headers.accept ?? "",
                body,
            );
        } catch (error) {
            const status = error instanceof Refusal ? error.status : 500;
            const titles = {
                400: "Bad Request",
                401: "Unauthorized",
                403: "Forbidden",
                404: "Not Found",
                422: "Unprocessable Content",
                503: "Service Unavailable",
            };
            return {
                status,
                type: "application/problem+json",
                json: {
                    type: "about:blank",
                    title: titles[status] ?? "Internal Server Error",
                    status,
                    detail: error.message,
                    ...error.extra,
                },
            };
        }
    }

    serveFile(path, response) {
        const asset = /^\/[a-z]+\.(js|css|svg|txt)$/.exec(path);
        const name = asset ? path.slice(1) : "index.html";
        response.writeHead(200, {
            "Content-Type": types[name.split(".").pop()],
            "Content-Security-Policy": policy,
            "X-Content-Type-Options": "nosniff",
        });
        response.end(readFileSync(new URL(name, this.dist)));
    }
}
