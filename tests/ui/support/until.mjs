import assert from "node:assert/strict";

// until waits for what a page or a service says to become true.
export async function until(read, expected) {
    const end = Date.now() + 20_000;
    let seen;
    while (Date.now() < end) {
        seen = await read();
        try {
            assert.deepEqual(seen, expected);
            return;
        } catch {
            await new Promise((done) => setTimeout(done, 25));
        }
    }
    assert.deepEqual(seen, expected);
}
