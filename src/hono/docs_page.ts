/**
 * A page that shows an OpenAPI document and lets its reader try it. It brings all that it needs.
 *
 * @module
 */
import { JSON_TYPE } from "./media.ts";
import type { OpenApiDocument } from "./openapi.ts";
import type { Content, Operation } from "./operations.ts";

/** The page. */
export function pageOf(document: OpenApiDocument): string {
  const { info, paths, components } = document;
  const operations = Object.entries(paths).map(([path, { post }]) =>
    sectionOf(path, post, components.schemas)
  );
  const schemas = Object.entries(components.schemas).map(([name, schema]) =>
    `<h3 id="${escaped(name)}">${escaped(name)}</h3>${code(schema)}`
  );
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escaped(info.title)}</title>
<style>${STYLE}</style>
<header>
<h1>${escaped(info.title)} <small>${escaped(info.version)}</small></h1>
${info.description === undefined ? "" : `<p>${escaped(info.description)}</p>`}
<p><a href="openapi.json">OpenAPI document</a></p>
</header>
<main>
<h2>Endpoints</h2>
${operations.join("\n")}
<h2>Schemas</h2>
${schemas.join("\n")}
</main>
<script>${SCRIPT}</script>
</html>
`;
}

type Schemas = OpenApiDocument["components"]["schemas"];

function sectionOf(
  path: string,
  operation: Operation,
  schemas: Schemas,
): string {
  const { operationId, summary, description, requestBody } = operation;
  const id = escaped(operationId);
  return `<section aria-labelledby="${id}">
<h3 id="${id}"><code>POST ${escaped(path)}</code></h3>
<p>${escaped(summary)}.</p>
${description === undefined ? "" : `<p>${escaped(description)}</p>`}
${formOf(path, operation, exampleOf(operation, schemas))}
<details><summary>Request</summary>${bodies(requestBody.content)}</details>
<details><summary>Answers</summary><dl>${
    Object.entries(operation.responses).map(([status, answer]) =>
      `<dt>${status}<dd>${escaped(answer.description)}${
        answer.content ? bodies(answer.content) : ""
      }`
    ).join("")
  }</dl></details>
</section>`;
}

/** Where JSON is taken it can be typed, elsewhere a file is sent. */
function formOf(
  path: string,
  { operationId, requestBody }: Operation,
  example: string,
): string {
  if (path.includes("{")) return "";
  const [type] = Object.keys(requestBody.content);
  const isJson = type === JSON_TYPE;
  const id = `try-${escaped(operationId)}`;
  const field = isJson
    ? `<textarea id="${id}" rows="3" spellcheck="false">${
      escaped(example)
    }</textarea>`
    : `<input id="${id}" type="file" required>`;
  return `<form data-path="${escaped(path)}" data-type="${type}">
<label for="${id}">${isJson ? "JSON" : "Bytes"}</label>
${field}
<button>Send</button>
<output for="${id}"></output>
</form>`;
}

/** What may be sent as an example, where the schema of an item has one. */
function exampleOf({ requestBody }: Operation, schemas: Schemas): string {
  const { schema } = requestBody.content[JSON_TYPE] ?? {};
  if (schema === undefined) return "";
  const items: unknown = Reflect.get(schema, "items");
  const reference: unknown = Reflect.get((items ?? schema) as object, "$ref");
  const item = schemas[String(reference).split("/").at(-1)!] ?? {};
  const examples: unknown = Reflect.get(item, "examples");
  if (!Array.isArray(examples) || examples.length === 0) return "";
  return JSON.stringify(items === undefined ? examples[0] : examples);
}

function bodies(content: Content): string {
  return Object.entries(content).map(([type, { schema }]) =>
    `<p><code>${escaped(type)}</code></p>${code(schema)}`
  ).join("");
}

/** JSON, its references as links. */
function code(value: unknown): string {
  const text = escaped(JSON.stringify(value, null, 2));
  const linked = text.replaceAll(
    /#\/components\/schemas\/([\w.-]+)/g,
    (ref, name) => `<a href="#${name}">${ref}</a>`,
  );
  return `<pre tabindex="0"><code>${linked}</code></pre>`;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}

const STYLE = `
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif }
body { max-width: 48rem; margin: 2rem auto; padding: 0 1rem }
small { font-weight: normal; opacity: 0.7 }
section { border-top: 1px solid color-mix(in srgb, currentColor 25%, transparent); padding: 0.5rem 0 }
h3 { margin: 0.5rem 0; overflow-wrap: anywhere }
pre { overflow: auto; padding: 0.75rem; background: color-mix(in srgb, currentColor 7%, transparent) }
form { display: grid; gap: 0.5rem; justify-items: start }
textarea { width: 100%; box-sizing: border-box; font: 0.9rem/1.4 ui-monospace, monospace }
output { width: 100%; white-space: pre-wrap; overflow-wrap: anywhere; font-family: ui-monospace, monospace }
dt { font-weight: bold }
`;

const SCRIPT = `
for (const form of document.forms) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const [field, , output] = form.elements;
    const { path, type } = form.dataset;
    const body = field.type === "file" ? field.files[0] : field.value;
    const headers = { "content-type": type };
    try {
      const answer = await fetch(path, { method: "POST", headers, body });
      const timing = answer.headers.get("server-timing") ?? "";
      output.value = [answer.status + " " + timing, await answer.text()].join("\\n");
    } catch (error) {
      output.value = String(error);
    }
  });
}
`;
