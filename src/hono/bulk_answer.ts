/**
 * The answer to a bulk, written while its calls settle: as an array in the order of the items,
 * or line by line in the order in which they settle, each with the `index` of its item.
 *
 * @module
 */
import { defaultHost } from "../host.ts";
import { LINES_TYPE } from "./media.ts";
import type { ProblemDetails } from "./problems.ts";

/** What became of one item: its result or the problem with it, one of them. */
export type BulkEntry<Out> =
  | { value: Out; error?: undefined }
  | { value?: undefined; error: ProblemDetails };

/** How much may lie ready for a client that does not read, in bytes. */
const HIGH_WATER = 65_536;

/** A stream of what became of the items. */
export class BulkAnswer {
  readonly stream: ReadableStream<Uint8Array>;
  readonly #encoder = new TextEncoder();
  readonly #order: InOrder | AsSettled;
  readonly #onChange: () => void;
  #controller!: ReadableStreamDefaultController<Uint8Array>;
  /** What is written at the end of this turn. */
  #text = "";
  #isFlushDue = false;
  #isGone = false;

  /** Begins; `onChange` is told, once a turn, that items have settled or that the client has read. */
  constructor(type: string, onChange: () => void) {
    this.#order = type === LINES_TYPE ? new AsSettled() : new InOrder();
    this.#onChange = onChange;
    this.stream = new ReadableStream({
      start: (controller) => {
        this.#controller = controller;
      },
      pull: onChange,
      cancel: () => {
        this.#isGone = true;
        onChange();
      },
    }, {
      highWaterMark: HIGH_WATER,
      size: (chunk) => chunk.byteLength,
    });
  }

  /** Whether the client does not want to hear the rest. */
  get isGone(): boolean {
    return this.#isGone;
  }

  /** Whether more may be written. What nobody reads is dropped: then there is room, too. */
  get hasRoom(): boolean {
    const room = (this.#controller.desiredSize ?? 0) - this.#text.length;
    return this.#isGone || room > 0;
  }

  /** Writes what became of an item: a {@link BulkEntry} as JSON. */
  settle(index: number, entry: string): void {
    this.#text += this.#order.add(index, entry);
    if (this.#isFlushDue) return;
    this.#isFlushDue = true;
    // Most of a batch settles in one turn, and should leave in one piece.
    defaultHost.hop(() => {
      this.#isFlushDue = false;
      this.#flush();
      this.#onChange();
    });
  }

  /** Nothing more will come. */
  end(): void {
    this.#text += this.#order.end();
    this.#flush();
    if (!this.#isGone) this.#controller.close();
  }

  #flush(): void {
    const text = this.#text;
    this.#text = "";
    if (text === "" || this.#isGone) return;
    this.#controller.enqueue(this.#encoder.encode(text));
  }
}

/** Line by line, as they settle. */
class AsSettled {
  add(index: number, entry: string): string {
    return `{"index":${index},${entry.slice(1)}\n`;
  }

  end(): string {
    return "";
  }
}

/** An array: what settles early waits for those before it. */
class InOrder {
  readonly #early = new Map<number, string>();
  #next = 0;

  add(index: number, entry: string): string {
    this.#early.set(index, entry);
    let text = "";
    for (;;) {
      const next = this.#early.get(this.#next);
      if (next === undefined) return text;
      this.#early.delete(this.#next);
      text += `${this.#next === 0 ? "[" : ",\n"}${next}`;
      this.#next++;
    }
  }

  end(): string {
    return this.#next === 0 ? "[]" : "]";
  }
}
