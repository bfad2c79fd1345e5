import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Validator } from "@seriousme/openapi-schema-validator";
import { toStandardJsonSchema } from "@valibot/to-json-schema";
import { type } from "arktype";
import { Hono } from "hono";
import * as v from "valibot";
import { z } from "zod";
import { Batched } from "../../mod.ts";
import { bytes, endpoints, Problem } from "../../src/hono/mod.ts";
import { postJson, problemIn } from "./requests.ts";
import { workerOf } from "./worker.ts";

interface Tree {
  value: number;
  children: Tree[];
}

const tree: z.ZodType<Tree, Tree> = z.object({
  value: z.number(),
  get children() {
    return z.array(tree);
  },
});

class Service {
  @Batched({ handler: (xs) => xs })
  same(x: number): Promise<number> {
    return Promise.resolve(x);
  }
  @Batched({ handler: (trees) => trees.map(({ value }) => value) })
  root(tree: Tree): Promise<number> {
    return Promise.resolve(tree.value);
  }
  @Batched({ handler: (items) => items })
  image(item: Uint8Array): Promise<Uint8Array> {
    return Promise.resolve(item);
  }
  @Batched({ handler: (rows) => rows.map(({ x }) => x) })
  row(row: { x: number }): Promise<number> {
    return Promise.resolve(row.x);
  }
}

const openapi = {
  title: "Models <1>",
  version: "2.0.0",
  description: "What we predict",
};
const app = endpoints(new Service(), {
  same: {
    path: "/:model{[a-z]+}/same",
    input: type("number"),
    output: type("number"),
    summary: "Give it back",
    description: 'As it is, "of course" & <always>',
  },
  root: { input: tree },
  image: { input: bytes({ length: 4 }), output: bytes() },
  row: {
    input: toStandardJsonSchema(v.object({ x: v.number() })),
    output: v.number(),
    bulk: false,
  },
}, { openapi });

// deno-lint-ignore no-explicit-any
async function documentOf(app: Hono, path = "/openapi.json"): Promise<any> {
  return await (await app.request(path)).json();
}

describe("/openapi.json", () => {
  it("Is OpenAPI 3.1 by the words of its standard", async () => {
    const document = await documentOf(app);
    const validator = new Validator();
    const { valid, errors } = await validator.validate(document);
    assert.ok(valid, JSON.stringify(errors));
    assert.equal(validator.version, "3.1");
    assert.deepEqual(document.info, openapi);
  });

  it("Names all paths, with their parameters", async () => {
    const { paths } = await documentOf(app);
    assert.deepEqual(Object.keys(paths), [
      "/{model}/same",
      "/{model}/same/bulk",
      "/root",
      "/root/bulk",
      "/image",
      "/image/bulk",
      "/row",
    ]);
    const [model, deadline] = paths["/{model}/same"].post.parameters;
    assert.deepEqual([model.name, model.in], ["model", "path"]);
    assert.deepEqual([deadline.name, deadline.in], ["x-deadline-ms", "header"]);
  });

  it("Parameters are those that Hono finds, whatever their names and patterns", async () => {
    const app: Hono = endpoints(new Service(), {
      same: { path: "/:a-b/:id{[0-9]{2}}/x:y/:rest{.+}", input: z.number() },
      root: { path: "/:last{[a-z]{2}}?", input: tree, bulk: false },
    });
    const { paths } = await documentOf(app);
    const path = "/{a-b}/{id}/x:y/{rest}";
    assert.deepEqual(Object.keys(paths), [path, `${path}/bulk`, "/{last}"]);
    const [deadline, ...names] = paths[path].post.parameters
      .map(({ name }: { name: string }) => name).reverse();
    assert.deepEqual(names.reverse(), ["a-b", "id", "rest"]);
    assert.equal(deadline, "x-deadline-ms");
    const init = {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: "1",
    };
    assert.equal((await app.request("/1/23/x:y/4/5", init)).status, 200);
  });

  it("Each operation has a name of its own", async () => {
    class Both {
      @Batched({ handler: (xs) => xs })
      same(x: number): Promise<number> {
        return Promise.resolve(x);
      }
      @Batched({ handler: (xs) => xs })
      sameBulk(x: number): Promise<number> {
        return Promise.resolve(x);
      }
    }
    const input = z.number();
    const app = endpoints(new Both(), { same: { input }, sameBulk: { input } });
    const { paths } = await documentOf(app);
    const ids = Object.values(paths as Record<string, { post: object }>)
      .map(({ post }) => Reflect.get(post, "operationId"));
    assert.deepEqual(ids, ["same", "sameBulk_", "sameBulk", "sameBulkBulk"]);
  });

  it("A key of an item may be called as the key of a schema is", async () => {
    const input = z.object({ $schema: z.string(), $ref: z.number() });
    const app = endpoints(workerOf((items: unknown[]) => items), {
      work: { input },
    });
    const { workItem } = (await documentOf(app)).components.schemas;
    assert.deepEqual(workItem, {
      type: "object",
      properties: { $schema: { type: "string" }, $ref: { type: "number" } },
      required: ["$schema", "$ref"],
    });
  });

  it("A default may be null", async () => {
    const input = z.object({ x: z.number().nullable().default(null) });
    const app = endpoints(workerOf((items: unknown[]) => items), {
      work: { input },
    });
    const { workItem } = (await documentOf(app)).components.schemas;
    assert.equal(workItem.properties.x.default, null);
  });

  it("Has the schemas as their libraries describe them: arktype, zod, valibot", async () => {
    const { components: { schemas } } = await documentOf(app);
    assert.deepEqual(schemas.sameItem, { type: "number" });
    assert.equal(schemas.rootItem.properties.value.type, "number");
    assert.equal(schemas.rowItem.properties.x.type, "number");
    assert.match(schemas.rowResult.description, /valibot/);
    for (const schema of Object.values(schemas)) {
      assert.equal((schema as { $schema?: string }).$schema, undefined);
    }
  });

  it("References within a schema point into the document", async () => {
    const document = await documentOf(app);
    const text = JSON.stringify(document);
    const references = text.match(/"\$ref":"[^"]+"/g)!;
    assert.ok(references.some((ref) => ref.includes("rootItem")));
    for (const reference of references) {
      const [, path = ""] = /"#\/([^"]+)"/.exec(reference) ?? [];
      const found = path.split("/").reduce((at, key) => at?.[key], document);
      assert.ok(found, reference);
    }
  });

  it("So do those to a part of a schema, but not those to elsewhere", async () => {
    const described = {
      $defs: { leaf: { type: "string" } },
      oneOf: [{ $ref: "#/$defs/leaf" }, { $ref: "https://example.com/#" }],
    };
    const jsonSchema = { input: () => described, output: () => described };
    const input = { "~standard": { ...z.string()["~standard"], jsonSchema } };
    const app = endpoints(workerOf((items: unknown[]) => items), {
      work: { input },
    });
    const { workItem } = (await documentOf(app)).components.schemas;
    assert.deepEqual(workItem.oneOf, [
      { $ref: "#/components/schemas/workItem/$defs/leaf" },
      { $ref: "https://example.com/#" },
    ]);
  });

  it("What only looks like a reference stays as it is", async () => {
    const input = z.object({ colour: z.string().default("#fff") });
    const app = endpoints(workerOf((items: unknown[]) => items), {
      work: { input },
    });
    const { workItem } = (await documentOf(app)).components.schemas;
    assert.equal(workItem.properties.colour.default, "#fff");
  });

  it("Tells which types of bodies are taken", async () => {
    const { paths } = await documentOf(app);
    const typesAt = (path: string) =>
      Object.keys(paths[path].post.requestBody.content);
    assert.deepEqual(typesAt("/image"), ["application/octet-stream"]);
    assert.deepEqual(typesAt("/image/bulk"), [
      "application/json",
      "application/x-ndjson",
      "application/octet-stream",
    ]);
    assert.deepEqual(typesAt("/row"), ["application/json"]);
  });

  it("Tells how many bytes there must be", async () => {
    const most = bytes({ maxLength: 9 });
    const routes = { image: { input: bytes({ length: 4 }), output: most } };
    const { paths, components } = await documentOf(
      endpoints(new Service(), routes),
    );
    const { requestBody, responses } = paths["/image"].post;
    for (
      const [schema, description] of [
        [
          requestBody.content["application/octet-stream"].schema,
          "4 bytes",
        ],
        [
          responses[200].content["application/octet-stream"].schema,
          "At most 9 bytes",
        ],
        [components.schemas.imageItem, "4 bytes"],
        [components.schemas.imageResult, "At most 9 bytes"],
      ]
    ) assert.equal(schema.description, description);
    const { components: { schemas } } = await documentOf(app);
    assert.equal(schemas.imageResult.description, undefined);
  });

  it("Says what comes where a method tells of a problem of its own", async () => {
    const service = workerOf((xs: unknown[]) =>
      xs.map(() => new Problem(409, "It is taken"))
    );
    const app = endpoints(service, { work: { input: z.number() } });
    const { responses } = (await documentOf(app)).paths["/work"].post;
    const answer = await postJson(app, "/work", 1);
    await problemIn(answer, 409);
    const { content } = responses[answer.status] ?? responses.default;
    assert.deepEqual(content, responses[400].content);
  });

  it("Has no parameter for a deadline that cannot be asked for", async () => {
    const routes = { root: { input: tree } };
    const app = endpoints(new Service(), routes, { deadlineHeader: false });
    const { paths } = await documentOf(app);
    assert.deepEqual(paths["/root"].post.parameters, []);
  });

  it("Its paths are those where it is served, also that of a root", async () => {
    const service = workerOf((xs: unknown[]) => xs);
    const app = endpoints(service, { work: { path: "/", input: z.number() } });
    const whole = new Hono().route("/api/v1", app);
    const { paths } = await documentOf(whole, "/api/v1/openapi.json");
    assert.deepEqual(Object.keys(paths), ["/api/v1", "/api/v1/bulk"]);
    assert.equal((await postJson(whole, "/api/v1", 1)).status, 200);
    const alone = await documentOf(app);
    assert.deepEqual(Object.keys(alone.paths), ["/", "/bulk"]);
  });

  it("May be left out, and the page with it", async () => {
    const app = endpoints(new Service(), { root: { input: tree } }, {
      openapi: false,
    });
    for (const path of ["/openapi.json", "/docs"]) {
      await problemIn(await app.request(path), 404);
    }
  });
});

describe("/docs", () => {
  it("Shows all endpoints and schemas, and asks nobody else for anything", async () => {
    const answer = await app.request("/docs");
    assert.match(answer.headers.get("content-type")!, /^text\/html/);
    const page = await answer.text();
    for (const path of ["/{model}/same", "/root/bulk", "/image", "/row"]) {
      assert.ok(page.includes(`<code>POST ${path}</code>`), path);
    }
    assert.match(page, /Give it back/);
    assert.ok(page.includes("<p>What we predict</p>"));
    const link = '<a href="#rootItem">#/components/schemas/rootItem</a>';
    assert.ok(page.includes(`{\n  &quot;$ref&quot;: &quot;${link}&quot;\n}`));
    assert.doesNotMatch(page, /(src|href)="(https?:)?\/\//);
    assert.equal(
      answer.headers.get("content-security-policy"),
      "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; base-uri 'none'; form-action 'none'",
    );
  });

  it("Tries what can be tried, where it is served", async () => {
    const whole = new Hono().route("/api/v1", app);
    const page = await (await whole.request("/api/v1/docs")).text();
    const paths = [...page.matchAll(/data-path="([^"]*)"/g)];
    assert.deepEqual(paths.map(([, path]) => path), [
      "/api/v1/root",
      "/api/v1/root/bulk",
      "/api/v1/image",
      "/api/v1/image/bulk",
      "/api/v1/row",
    ]);
  });

  it("Offers the examples of a schema to be tried", async () => {
    const input = z.number().meta({ examples: [7, 8] });
    const app = endpoints(new Service(), { same: { input } });
    const page = await (await app.request("/docs")).text();
    assert.match(page, />7<\/textarea>/);
    assert.match(page, />\[7,8\]<\/textarea>/);
  });

  it("Shows what users wrote as text", async () => {
    const page = await (await app.request("/docs")).text();
    assert.ok(page.includes("Models &lt;1&gt;"));
    assert.ok(page.includes("&quot;of course&quot; &amp; &lt;always&gt;"));
  });
});
