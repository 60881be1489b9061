// Checks an answer against src/api/openapi.json. Members may be added, so unknown ones pass.
import Ajv2020 from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { readFileSync } from "node:fs";

const document = JSON.parse(
    readFileSync(new URL("../../../src/api/openapi.json", import.meta.url), "utf8"),
);
const ajv = new Ajv2020({ strict: false, allErrors: true });
addFormats(ajv);
ajv.addSchema(document, "api");

const routes = Object.entries(document.paths).map(([path, methods]) => ({
    path,
    methods,
    pattern: new RegExp(`^${path.replace(/\{[^}]+\}/g, "[^/]+").replace(/\./g, "\\.")}$`),
}));

function pointer(...parts) {
    return parts.map((part) => String(part).replaceAll("~", "~0").replaceAll("/", "~1")).join("/");
}

// Sentences about what does not fit; none when all does.
export function violations(method, path, status, contentType, body) {
    const route = routes.find((each) => each.pattern.test(path));
    const operation = route?.methods[method.toLowerCase()];
    if (!operation) {
        return [`${method} ${path}: the contract has no such operation`];
    }
    const exact = operation.responses[String(status)]
        ? String(status)
        : `${Math.floor(status / 100)}XX`;
    const response = operation.responses[exact];
    if (!response) {
        return [`${method} ${path}: the contract has no status ${status}`];
    }
    const at = response.$ref
        ? response.$ref.slice(2)
        : pointer("paths", route.path, method.toLowerCase(), "responses", exact);
    const content = response.$ref
        ? document.components.responses[response.$ref.split("/").at(-1)].content
        : response.content;
    if (!content) {
        return body === "" ? [] : [`${method} ${path}: status ${status} has no body`];
    }
    const type = Object.keys(content).find((each) =>
        contentType.replaceAll(" ", "").startsWith(each),
    );
    if (!type) {
        return [
            `${method} ${path}: '${contentType}' is not one of ${Object.keys(content).join(", ")}`,
        ];
    }
    if (!type.includes("json")) {
        return [];
    }
    const check = ajv.getSchema(`api#/${at}/content/${pointer(type)}/schema`);
    return check(JSON.parse(body))
        ? []
        : check.errors.map((error) => `${method} ${path}: ${error.instancePath} ${error.message}`);
}
