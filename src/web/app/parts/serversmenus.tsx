// The columns to choose from, and the files to save.
import { formats, type Format } from "../core/export.ts";
import { change, parameter } from "../core/url.ts";
import { Menu } from "./menu.tsx";
import { columns, optionalColumns } from "./serverscolumns.ts";

export function chosenColumns(): string[] {
    const chosen = parameter("columns").split(",");
    return optionalColumns
        .filter((column) => chosen.includes(column.id))
        .map((column) => column.id);
}

export function shownColumns(): string[] {
    return [...columns.map((column) => column.id), ...chosenColumns()];
}

export function ColumnsMenu() {
    const chosen = chosenColumns();
    const toggle = (id: string) => {
        const next = chosen.includes(id) ? chosen.filter((each) => each !== id) : [...chosen, id];
        change({ columns: next.join(","), cursor: parameter("cursor") }, history.state ?? {}, true);
    };
    return (
        <Menu label="Columns">
            {optionalColumns.map((column) => (
                <label key={column.id}>
                    <input
                        type="checkbox"
                        checked={chosen.includes(column.id)}
                        onChange={() => toggle(column.id)}
                    />{" "}
                    {column.label}
                </label>
            ))}
        </Menu>
    );
}

export function ExportMenu({ save }: { save: (format: Format) => void }) {
    return (
        <Menu label="Export">
            {(Object.keys(formats) as Format[]).map((format) => (
                <button type="button" key={format} onClick={() => save(format)}>
                    {formats[format].label}
                </button>
            ))}
        </Menu>
    );
}
