/// <reference lib="dom" />
/**
 * A component that knows of itself only: it asks for its own user when it appears, and leaves
 * when it disappears.
 *
 * @module
 */

import { greeting, Users } from "./users.ts";

const users = new Users();

/** `<user-card user-id="7">` */
export class UserCard extends HTMLElement {
  #gone = new AbortController();

  /** It appears. */
  async connectedCallback(): Promise<void> {
    const { signal } = this.#gone = new AbortController();
    try {
      const id = Number(this.getAttribute("user-id"));
      const user = await users.find(id, { signal });
      this.textContent = await greeting(user.name, { signal });
    } catch (error) {
      this.className = "failed";
      this.textContent = (error as Error).message;
    }
  }

  /** It disappears: no other call is touched. */
  disconnectedCallback(): void {
    this.#gone.abort();
  }
}
