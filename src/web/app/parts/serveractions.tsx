// What an analyst does about a server. Each action says first what it changes, and can be undone.
import { segment, write } from "../core/api.ts";
import { counted } from "../core/format.ts";
import type { AllowKind, AllowlistEntry, FalsePositive, ServerDetail } from "../core/types.ts";
import { notify } from "../core/undo.ts";
import { Dialog } from "./dialog.tsx";
import { Wire } from "./text.tsx";

interface Props {
    server: ServerDetail;
    onClose: () => void;
    done: () => Promise<unknown>;
}

export function AllowDialog({ server, onClose, done }: Props) {
    const add = async (form: FormData) => {
        const kind = String(form.get("kind")) as AllowKind;
        const days = Number(form.get("days"));
        const entry = await write<AllowlistEntry>("POST", "/v1/allowlist", {
            kind,
            value: kind === "hostname" ? server.hostname : server.ip,
            comment: String(form.get("comment")),
            expires: days > 0 ? new Date(Date.now() + days * 86_400_000).toISOString() : null,
        });
        notify(`${entry.value} is on the allowlist.`, async () => {
            await write("DELETE", `/v1/allowlist/${segment(entry.id)}`);
            await done();
        });
        await done();
    };
    return (
        <Dialog title="Add to Allowlist" action="Add" onDo={add} onClose={onClose}>
            <p>
                Sensors will pass what fits the entry, whatever a list says: in this range it would
                have been <b>{counted(server.count, "attempt")}</b> of{" "}
                <b>{counted(server.hosts, "host")}</b>.
            </p>
            <fieldset>
                <legend>Entry</legend>
                <label>
                    <input type="radio" name="kind" value="ip" defaultChecked /> IP address{" "}
                    <b>{server.ip}</b>
                </label>
                {server.hostname && (
                    <label>
                        <input type="radio" name="kind" value="hostname" /> Hostname{" "}
                        <b>
                            <Wire text={server.hostname} />
                        </b>{" "}
                        and names below it
                    </label>
                )}
            </fieldset>
            <label>
                Comment <input type="text" name="comment" maxLength={1000} />
            </label>
            <label>
                Expires{" "}
                <select name="days">
                    <option value="0">never</option>
                    <option value="1">in 1 day</option>
                    <option value="7">in 1 week</option>
                    <option value="30">in 30 days</option>
                </select>
            </label>
        </Dialog>
    );
}

export function FalsePositiveDialog({ server, onClose, done }: Props) {
    const path = `/v1/servers/${segment(server.id)}/false-positive`;
    const report = async (form: FormData) => {
        const changed = await write<FalsePositive>("POST", path, {
            comment: String(form.get("comment")),
        });
        notify(
            `Reported: level ${changed.level_before} became ${changed.level_after}, ${counted(changed.hosts, "host")} scored again.`,
            async () => {
                await write("DELETE", path);
                await done();
            },
        );
        await done();
    };
    return (
        <Dialog
            title="Report False Positive"
            action="Report"
            danger
            onDo={report}
            onClose={onClose}
        >
            <p>
                Verdicts about <b>{server.ip}</b> stop counting. Its level of {server.level} goes,
                and <b>{counted(server.host_rows.length, "host")}</b> will be scored without it.
                Blocking by a certificate list is not changed: the allowlist does that.
            </p>
            <label>
                Why <input type="text" name="comment" maxLength={1000} required />
            </label>
        </Dialog>
    );
}
