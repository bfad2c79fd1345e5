/** What the runtime brings, as far as the workers here use it. */
declare module "cloudflare:workers" {
  export function waitUntil(promise: Promise<unknown>): void;
  export abstract class DurableObject<Env = unknown> {
    constructor(ctx: unknown, env: Env);
  }
}
