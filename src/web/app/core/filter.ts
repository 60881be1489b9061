// The filter's text, taken apart only as far as chips need: the service has the one parser.

export interface Chip {
    text: string;
    excludes: boolean;
}

// Ends of a term: blanks outside quotes and parentheses.
function split(text: string): string[] {
    const terms: string[] = [];
    let term = "";
    let depth = 0;
    let quoted = false;
    for (let i = 0; i < text.length; i += 1) {
        const c = text[i]!;
        if (quoted && c === "\\") {
            term += c + (text[i + 1] ?? "");
            i += 1;
            continue;
        }
        if (c === '"') {
            quoted = !quoted;
        } else if (!quoted && c === "(") {
            depth += 1;
        } else if (!quoted && c === ")") {
            depth = Math.max(0, depth - 1);
        }
        if (!quoted && depth === 0 && /\s/.test(c)) {
            if (term !== "") {
                terms.push(term);
            }
            term = "";
        } else {
            term += c;
        }
    }
    if (term !== "") {
        terms.push(term);
    }
    return terms;
}

// Terms that AND joins, one chip each; a NOT goes with its term, and what OR joins is one chip.
export function chips(text: string): Chip[] {
    const terms = split(text);
    const joined: string[] = [];
    let joins = false;
    for (const term of terms) {
        if (term === "AND") {
            continue;
        }
        if (joins) {
            joined[joined.length - 1] += ` ${term}`;
        } else {
            joined.push(term);
        }
        joins = term === "NOT";
    }
    if (terms.includes("OR")) {
        return [{ text: text.trim(), excludes: false }];
    }
    return joined.map((term) => ({ text: term, excludes: /^(-|NOT\s)/.test(term) }));
}

export function withoutChip(text: string, index: number): string {
    return chips(text)
        .filter((_, each) => each !== index)
        .map((chip) => chip.text)
        .join(" ");
}

export function quote(value: string): string {
    return /^[\p{L}\p{N}_.:/@-]+$/u.test(value) && !/^(AND|OR|NOT|-.*)$/.test(value)
        ? value
        : `"${value.replace(/["\\]/g, "\\$&")}"`;
}

// A click on a value: the term is added, or excluded; a second click changes nothing.
export function withTerm(text: string, field: string, value: string, exclude: boolean): string {
    const term = `${field}:${quote(value)}`;
    const now = chips(text);
    const opposite = exclude ? term : `-${term}`;
    const wanted = exclude ? `-${term}` : term;
    const kept = now.filter((chip) => chip.text !== opposite && chip.text !== wanted);
    const grouped = kept.length === 1 && split(kept[0]!.text).includes("OR");
    const rest = kept.map((chip) => (grouped ? `(${chip.text})` : chip.text));
    return [...rest, wanted].join(" ");
}

// Mistakes that need no parser; the column counts characters from 1, as the service's do.
export function mistake(text: string): { column: number; detail: string } | null {
    const open: number[] = [];
    let quoteAt = 0;
    const characters = [...text];
    for (let i = 0; i < characters.length; i += 1) {
        const c = characters[i];
        if (quoteAt > 0) {
            if (c === "\\") {
                i += 1;
            } else if (c === '"') {
                quoteAt = 0;
            }
        } else if (c === '"') {
            quoteAt = i + 1;
        } else if (c === "(") {
            open.push(i + 1);
        } else if (c === ")" && open.pop() === undefined) {
            return { column: i + 1, detail: "no parenthesis is open here" };
        }
    }
    if (quoteAt > 0) {
        return { column: quoteAt, detail: "this quote is never closed" };
    }
    const parenthesis = open.pop();
    return parenthesis === undefined
        ? null
        : { column: parenthesis, detail: "this parenthesis is never closed" };
}
