// As much of the filter's grammar as the page's tests use. The service has the real parser.

class FilterError extends Error {
    constructor(column, detail) {
        super(detail);
        this.column = column;
    }
}

function tokens(text) {
    const found = [];
    const characters = [...text];
    let at = 0;
    while (at < characters.length) {
        const start = at;
        const c = characters[at];
        if (/\s/.test(c)) {
            at += 1;
        } else if (c === "(" || c === ")") {
            found.push({ text: c, column: start + 1 });
            at += 1;
        } else {
            let term = "";
            let quoted = false;
            while (at < characters.length && (quoted || !/[\s()]/.test(characters[at]))) {
                if (characters[at] === '"') {
                    quoted = !quoted;
                } else if (quoted && characters[at] === "\\") {
                    at += 1;
                    term += characters[at] ?? "";
                } else {
                    term += characters[at];
                }
                at += 1;
            }
            if (quoted) {
                throw new FilterError(start + 1, "the quote is never closed");
            }
            found.push({ text: term, column: start + 1 });
        }
    }
    return found;
}

function like(pattern, value) {
    if (value === null || value === undefined) {
        return false;
    }
    const escaped = pattern.replace(/[.+?^${}()|[\]\\]/g, "\\$&").replaceAll("*", ".*");
    return new RegExp(`^${escaped}$`, "is").test(value);
}

const texts = {
    ip: (row) => [row.ip],
    host: (row) => [row.hostname],
    country: (row) => [row.country],
    category: (row) => [row.category],
    port: (row) => row.ports.map((port) => String(port.port)),
    visibility: (row) => Object.keys(row.visibility),
    client: (row) => row.clients,
    sha1: (row) => row.sha1s,
};
const numbers = { level: (row) => row.level, count: (row) => row.count };

function compare(operator, left, right) {
    return {
        ":": left === right,
        "=": left === right,
        ">=": left >= right,
        "<=": left <= right,
        ">": left > right,
        "<": left < right,
    }[operator];
}

function term({ text, column }) {
    const match = /^([a-z0-9]+)(>=|<=|>|<|:|=)(.*)$/is.exec(text);
    if (!match) {
        return (row) =>
            [row.ip, row.hostname, row.category].some((value) =>
                value?.toLowerCase().includes(text.toLowerCase()),
            );
    }
    const [, field, operator, value] = match;
    if (numbers[field]) {
        if (!/^\d+$/.test(value)) {
            throw new FilterError(
                column + field.length + operator.length,
                `'${value}' is no number`,
            );
        }
        return (row) => compare(operator, numbers[field](row), Number(value));
    }
    if (!texts[field]) {
        throw new FilterError(
            column,
            `there is no field '${field}'; the fields are ip host level count country category port visibility`,
        );
    }
    if (value.slice(1, -1).includes("*")) {
        throw new FilterError(column, "a * stands at either end of a text");
    }
    return (row) => texts[field](row).some((each) => like(value, each));
}

export function parseFilter(text) {
    const list = tokens(text);
    let at = 0;
    const unary = () => {
        const token = list[at];
        if (token === undefined) {
            throw new FilterError([...text].length + 1, "a term is missing here");
        }
        at += 1;
        if (token.text === "NOT" || (token.text === "-" && list[at]?.text === "(")) {
            const inner = unary();
            return (row) => !inner(row);
        }
        if (token.text === "(") {
            const inner = either();
            if (list[at]?.text !== ")") {
                throw new FilterError(token.column, "the parenthesis is never closed");
            }
            at += 1;
            return inner;
        }
        if (token.text === ")") {
            throw new FilterError(token.column, "no parenthesis is open here");
        }
        if (token.text.startsWith("-")) {
            const inner = term({ text: token.text.slice(1), column: token.column + 1 });
            return (row) => !inner(row);
        }
        return term(token);
    };
    const both = () => {
        const all = [unary()];
        while (at < list.length && list[at].text !== ")" && list[at].text !== "OR") {
            if (list[at].text === "AND") {
                at += 1;
            }
            all.push(unary());
        }
        return (row) => all.every((each) => each(row));
    };
    const either = () => {
        const any = [both()];
        while (list[at]?.text === "OR") {
            at += 1;
            any.push(both());
        }
        return (row) => any.some((each) => each(row));
    };
    if (list.length === 0) {
        return () => true;
    }
    const parsed = either();
    if (at < list.length) {
        throw new FilterError(list[at].column, "no parenthesis is open here");
    }
    return parsed;
}
