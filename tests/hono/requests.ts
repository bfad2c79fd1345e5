/**
 * Requests as tests send them, and answers as they read them.
 *
 * @module
 */
import assert from "node:assert/strict";

/** Whatever answers requests. */
export interface App {
  request(path: string, init: RequestInit): Response | Promise<Response>;
}

/** Sends a body. */
export async function post(
  app: App,
  path: string,
  body: BodyInit | null,
  headers: Record<string, string> = { "content-type": "application/json" },
): Promise<Response> {
  // Node wants to hear that the body is sent before the answer comes.
  const init = { method: "POST", headers, body, duplex: "half" };
  return await app.request(path, init);
}

/** Sends a value as JSON. */
export function postJson(
  app: App,
  path: string,
  value: unknown,
  headers: Record<string, string> = {},
): Promise<Response> {
  const type = { "content-type": "application/json" };
  return post(app, path, JSON.stringify(value), { ...type, ...headers });
}

/** Sends values line by line. */
export function postLines(
  app: App,
  path: string,
  ...lines: string[]
): Promise<Response> {
  const type = { "content-type": "application/x-ndjson" };
  return post(app, path, lines.join("\n"), type);
}

/** The lines of an answer, in the order of their items. */
export async function linesIn(
  answer: Response,
): Promise<Record<string, unknown>[]> {
  const type = answer.headers.get("content-type");
  assert.equal(type, "application/x-ndjson");
  const lines = (await answer.text()).split("\n").filter(Boolean)
    .map((line) => JSON.parse(line));
  return lines.sort((a, b) => a.index - b.index);
}

/** Demands problem details with that status, and gives them. */
export async function problemIn(
  answer: Response,
  status: number,
): Promise<Record<string, unknown>> {
  const text = await answer.text();
  assert.equal(answer.status, status, text);
  const type = answer.headers.get("content-type");
  assert.equal(type, "application/problem+json");
  const problem = JSON.parse(text);
  assert.equal(problem.status, status);
  assert.ok(problem.title.length > 0 && problem.detail.length > 0);
  return problem;
}

/** A body whose length only its end tells. */
export function chunked(...chunks: (string | Uint8Array)[]): ReadableStream {
  const encoder = new TextEncoder();
  return new ReadableStream({
    start(controller) {
      for (const chunk of chunks) {
        const isText = typeof chunk === "string";
        controller.enqueue(isText ? encoder.encode(chunk) : chunk);
      }
      controller.close();
    },
  });
}
