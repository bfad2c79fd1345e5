/**
 * `GET /openapi.json` and `GET /docs`: what can be asked of an app.
 *
 * @module
 */
import type { Context, Hono } from "hono";
import { pageOf } from "./docs_page.ts";
import type { Exposed } from "./exposed.ts";
import { type OpenApiDocument, openApiOf } from "./openapi.ts";
import type { OpenApiOptions } from "./options.ts";

/** Adds both to an app. */
export function addDocumentation(
  app: Hono,
  exposed: readonly Exposed[],
  options: OpenApiOptions,
): void {
  // Schemas are asked when somebody wants to know: to describe them may be slow.
  let made: OpenApiDocument | undefined;
  const documentFor = (c: Context, path: string): OpenApiDocument => {
    made ??= openApiOf(exposed, options);
    return below(c.req.path.slice(0, -path.length), made);
  };
  app.get("/openapi.json", (c) => c.json(documentFor(c, "/openapi.json")));
  app.get("/docs", (c) => {
    const document = documentFor(c, "/docs");
    c.header("content-security-policy", POLICY);
    return c.html(pageOf(document));
  });
}

/** The page brings all that it needs, and speaks with its own server alone. */
const POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; base-uri 'none'; form-action 'none'";

/**
 * The document of an app that stands below a path, seen from the client. To name that path as a server would not do:
 * what is served at the root of the app has no slash at its end there.
 */
function below(base: string, document: OpenApiDocument): OpenApiDocument {
  const paths = Object.entries(document.paths).map(([path, item]) =>
    [path === "/" && base ? base : base + path, item] as const
  );
  return { ...document, paths: Object.fromEntries(paths) };
}
