// The table of external servers.
import { useSignal } from "@preact/signals";
import { counted, percent } from "../core/format.ts";
import { kept } from "../core/range.ts";
import type { Server } from "../core/types.ts";
import { segment } from "../core/api.ts";
import { parameter, remember } from "../core/url.ts";
import { visibilityWords } from "../core/words.ts";
import { Value } from "./filterbox.tsx";
import { columns, optionalColumns } from "./serverscolumns.ts";
import { chosenColumns } from "./serversmenus.tsx";
import { HeaderCell, type SortState } from "./table.tsx";
import { Level, none, Spark, Time, Wire } from "./text.tsx";

export const defaultSort = "-level";

function mostVisible(shares: Record<string, number>): string {
    const entries = Object.entries(shares).sort((a, b) => b[1] - a[1]);
    const total = entries.reduce((sum, [, value]) => sum + value, 0);
    return entries
        .map(([name, value]) => `${visibilityWords[name] ?? name} ${percent(value, total)}`)
        .join(", ");
}

function Country({ server }: { server: Server }) {
    if (server.country === null) {
        return none;
    }
    return (
        <Value field="country" value={server.country}>
            {server.country_name ?? ""} <span class="faint">{server.country}</span>
        </Value>
    );
}

function OptionalCell({ id, server }: { id: string; server: Server }) {
    if (id === "ports") {
        return (
            <td class="nowrap">
                {server.ports.map((each) => `${each.port} ${each.protocol}`).join(", ")}
            </td>
        );
    }
    return (
        <td class="nowrap">
            {id === "first_seen" ? <Time at={server.first_seen} /> : mostVisible(server.visibility)}
        </td>
    );
}

interface RowProps {
    server: Server;
    extra: string[];
    selected: boolean;
    onSelect: () => void;
}

function Row({ server, extra, selected, onSelect }: RowProps) {
    return (
        <tr data-selected={selected}>
            <th scope="row">
                <a
                    class="row-link"
                    href={`/servers/${segment(server.ip)}${kept()}`}
                    onFocus={onSelect}
                >
                    {server.ip}
                </a>
                {server.allowlisted && <span class="tag">allowlisted</span>}
                {server.false_positive && <span class="tag">false positive</span>}
            </th>
            <td class="host-cell">
                {server.hostname ? (
                    <Value field="host" value={server.hostname}>
                        <Wire text={server.hostname} />
                    </Value>
                ) : (
                    none
                )}
            </td>
            <td class="nowrap">
                <Value field="level" value={String(server.level)}>
                    <Level level={server.level} />
                </Value>
            </td>
            <td class="count-cell">
                <span>
                    {counted(server.count, "attempt")}, {counted(server.hosts, "host")}
                </span>
                <Spark parts={server.spark} />
            </td>
            <td>
                <Country server={server} />
            </td>
            <td class="nowrap">
                <Time at={server.last_seen} />
            </td>
            <td class="category-cell">
                {server.category ? (
                    <Value field="category" value={server.category}>
                        <Wire text={server.category} />
                    </Value>
                ) : (
                    none
                )}
            </td>
            {extra.map((id) => (
                <OptionalCell key={id} id={id} server={server} />
            ))}
        </tr>
    );
}

interface TableProps {
    rows: Server[];
    sort: SortState;
    stale: boolean;
    onHold: (what: "pointer" | "focus", on: boolean) => void;
}

export function ServersTable({ rows, sort, stale, onHold }: TableProps) {
    const selected = useSignal(parameter("sel"));
    const extra = chosenColumns();
    const shown = [...columns, ...optionalColumns.filter((column) => extra.includes(column.id))];
    const select = (ip: string) => {
        selected.value = ip;
        remember("sel", ip);
    };
    return (
        <div class="table-box" tabIndex={-1}>
            <table class="servers" aria-busy={stale}>
                <caption class="off-screen">
                    External servers met by internal hosts, in the chosen range
                </caption>
                <thead>
                    <tr>
                        {shown.map((column) => (
                            <HeaderCell
                                key={column.id}
                                column={column}
                                sort={sort}
                                initial={defaultSort}
                            />
                        ))}
                    </tr>
                </thead>
                <tbody
                    onPointerEnter={() => onHold("pointer", true)}
                    onPointerLeave={() => onHold("pointer", false)}
                    onFocusIn={() => onHold("focus", true)}
                    onFocusOut={(event) => {
                        if (!event.currentTarget.contains(event.relatedTarget as Node | null)) {
                            onHold("focus", false);
                        }
                    }}
                >
                    {rows.map((server) => (
                        <Row
                            key={server.id}
                            server={server}
                            extra={extra}
                            selected={selected.value === server.ip}
                            onSelect={() => select(server.ip)}
                        />
                    ))}
                </tbody>
            </table>
        </div>
    );
}
