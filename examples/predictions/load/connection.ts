/**
 * One keep-alive HTTP/1.1 connection on which one request is out at a time. A
 * client that does no more than this leaves the processor to the server, which
 * is to be measured.
 *
 * @module
 */

import { connect, type Socket } from "node:net";

/** What came back. */
export interface Answer {
  readonly status: number;
  /** The server closes the connection after this answer. */
  readonly isLast: boolean;
  readonly body: string;
}

/** A request whose answer did not come, or not whole. */
export class LostRequestError extends Error {
  override readonly name = "LostRequestError";
  /** Bytes of the answer that came. */
  readonly receivedBytes: number;

  /** Tells why the connection ended. */
  constructor(reason: string, receivedBytes: number) {
    super(`Cannot read the answer: ${reason}`);
    this.receivedBytes = receivedBytes;
  }
}

interface Waiting {
  resolve(answer: Answer): void;
  reject(error: Error): void;
}

/** An open connection. */
export class Connection {
  readonly #socket: Socket;
  // The answer so far; every byte is one character (latin1).
  #received = "";
  // Whoever waits for the answer: set by `request`, cleared when it ends.
  #waiting: Waiting | undefined;
  #ended: string | undefined;

  /** Connects; rejects when nobody listens. */
  static async open(port: number): Promise<Connection> {
    const socket = connect({ port, host: "127.0.0.1", noDelay: true });
    await new Promise<void>((resolve, reject) => {
      socket.once("connect", resolve);
      socket.once("error", reject);
    });
    return new Connection(socket);
  }

  private constructor(socket: Socket) {
    this.#socket = socket;
    let reason = "the connection was closed";
    socket.on("data", (bytes) => this.#read(bytes.toString("latin1")));
    socket.on("error", (error) => reason = error.message);
    socket.on("end", () => this.#end(reason));
    socket.on("close", () => this.#end(reason));
  }

  /** Sends a request made by {@link postRequest}; one at a time. */
  request(text: string): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      if (this.#ended !== undefined) return this.#end(this.#ended);
      this.#socket.write(text, "latin1");
    });
  }

  /** Hangs up. */
  close(): void {
    this.#socket.destroy();
  }

  #read(text: string): void {
    const received = this.#received += text;
    const head = received.indexOf("\r\n\r\n");
    if (head < 0) return;
    const length = Number(/\ncontent-length: *(\d+)/i.exec(received)?.[1] ?? 0);
    const start = head + 4;
    if (received.length < start + length) return;
    const waiting = this.#waiting;
    this.#waiting = undefined;
    this.#received = "";
    waiting?.resolve({
      status: Number(received.slice(9, 12)),
      isLast: /\nconnection: *close/i.test(received.slice(0, head)),
      body: received.slice(start),
    });
  }

  #end(reason: string): void {
    this.#ended = reason;
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.reject(new LostRequestError(reason, this.#received.length));
  }
}

/** The text of a POST of JSON. */
export function postRequest(path: string, body: string): string {
  return `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n` +
    `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n` +
    body;
}
