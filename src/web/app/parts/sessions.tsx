// Stored sessions of a server or a host, the newest first; more of them on demand.
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { get, segment } from "../core/api.ts";
import { bytes, exactTime, localTime } from "../core/format.ts";
import { asked } from "../core/range.ts";
import type { SessionPage, SessionRecord } from "../core/types.ts";
import { notifyError } from "../core/undo.ts";
import { actionWords, visibilityWords } from "../core/words.ts";
import { Empty, Loading } from "./states.tsx";
import { Wire } from "./text.tsx";

const pageRows = 50;

function SessionRow({ session }: { session: SessionRecord }) {
    const client = session.client;
    const server = session.server;
    const traffic = session.traffic;
    return (
        <tr>
            <td class="nowrap">
                <a
                    class="row-link"
                    href={`/verdicts/${segment(session.id)}`}
                    title={exactTime(session.start)}
                >
                    {localTime(session.start)}
                </a>
            </td>
            <td>{client ? <a href={`/hosts/${segment(client.ip)}`}>{client.ip}</a> : "—"}</td>
            <td>
                {server ? <a href={`/servers/${segment(server.ip)}`}>{server.ip}</a> : "—"}
                {server && <span class="faint"> port {server.port}</span>}
            </td>
            <td>
                <Wire text={session.tls?.sni} />
            </td>
            <td>{session.tls?.version ?? session.protocol ?? "—"}</td>
            <td>{visibilityWords[session.visibility ?? ""] ?? "—"}</td>
            <td class="number">{bytes((traffic?.bytes_out ?? 0) + (traffic?.bytes_in ?? 0))}</td>
            <td class={session.action === "block" ? "blocked" : ""}>
                {actionWords[session.action ?? ""] ?? "—"}
            </td>
        </tr>
    );
}

const labels = [
    "Start",
    "Client",
    "Server",
    "Server name",
    "Version",
    "Visibility",
    "Bytes",
    "Action",
];

export function Sessions({ of, ip }: { of: "server" | "host"; ip: string }) {
    const rows = useSignal<SessionRecord[] | null>(null);
    const next = useSignal<string | null>(null);
    const wanted = asked();
    wanted.set(of, ip);
    wanted.set("limit", String(pageRows));
    const url = `/v1/sessions?${wanted}`;
    const more = async (cursor: string | null) => {
        try {
            const page = await get<SessionPage>(cursor ? `${url}&cursor=${segment(cursor)}` : url);
            rows.value = [...(cursor ? (rows.value ?? []) : []), ...page.sessions];
            next.value = page.next ?? null;
        } catch (error) {
            rows.value ??= [];
            notifyError(error);
        }
    };
    useEffect(() => void more(null), [url]);
    if (rows.value === null) {
        return <Loading />;
    }
    if (rows.value.length === 0) {
        return <Empty title="No stored session in this range" />;
    }
    return (
        <>
            <div class="table-box">
                <table>
                    <caption class="off-screen">Stored sessions, the newest first</caption>
                    <thead>
                        <tr>
                            {labels.map((label) => (
                                <th
                                    scope="col"
                                    key={label}
                                    class={label === "Bytes" ? "number" : ""}
                                >
                                    {label}
                                </th>
                            ))}
                        </tr>
                    </thead>
                    <tbody>
                        {rows.value.map((session) => (
                            <SessionRow key={`${session.sensor} ${session.id}`} session={session} />
                        ))}
                    </tbody>
                </table>
            </div>
            {next.value !== null && (
                <button type="button" class="more" onClick={() => more(next.value)}>
                    More sessions
                </button>
            )}
        </>
    );
}
