// Rows that are looked at do not move: what changed in them is written in place, what would move
// them or add to them waits.

export interface Merged<T> {
    rows: T[];
    added: number; // rows of the fresh page that are not shown yet
    moved: boolean; // the shown rows have another order or leave the page
}

export function merge<T>(shown: T[], fresh: T[], key: (row: T) => string): Merged<T> {
    const byKey = new Map(fresh.map((row) => [key(row), row]));
    const known = new Set(shown.map(key));
    const kept = fresh.filter((row) => known.has(key(row))).map(key);
    const stays = shown.filter((row) => byKey.has(key(row))).map(key);
    return {
        rows: shown.map((row) => byKey.get(key(row)) ?? row),
        added: fresh.length - kept.length,
        moved: kept.some((each, at) => each !== stays[at]),
    };
}
