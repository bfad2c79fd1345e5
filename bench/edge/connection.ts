/**
 * A connection that asks one thing after the other, and can be torn.
 *
 * @module
 */
import { connect, type Socket } from "node:net";

/** Small answers of known length are all that it reads. */
export class Connection {
  readonly #socket: Socket;
  #text = "";
  #answer: (answer: string) => void = () => {};
  #fail: (error: Error) => void = () => {};

  /** One that has been opened. */
  constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on("data", (bytes) => this.#read(String(bytes)));
    socket.on("error", (error) => this.#fail(error));
    socket.on("close", () => this.#fail(new Error("The connection is closed")));
  }

  /** Opens one. */
  static open(port: number): Promise<Connection> {
    return new Promise((resolve, reject) => {
      const socket = connect(port, "127.0.0.1", () => {
        socket.off("error", reject);
        resolve(new Connection(socket));
      });
      socket.once("error", reject);
    });
  }

  /** The body of the answer, or its status where that is not 200. */
  async get(path: string): Promise<string> {
    const answer = await new Promise<string>((resolve, reject) => {
      this.#answer = resolve;
      this.#fail = reject;
      this.#socket.write(`GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`);
    });
    const [head = "", body = ""] = answer.split("\r\n\r\n");
    return head.startsWith("HTTP/1.1 200") ? body : head.split("\r\n")[0]!;
  }

  /** Leaves at once, and says so: a mere end of sending cancels no request. */
  tear(): void {
    this.#fail = () => {};
    this.#socket.resetAndDestroy();
  }

  #read(text: string): void {
    this.#text += text;
    const end = this.#text.indexOf("\r\n\r\n");
    const length = /content-length: (\d+)/i.exec(this.#text)?.[1];
    if (end < 0 || this.#text.length < end + 4 + Number(length)) return;
    const answer = this.#text;
    this.#text = "";
    this.#answer(answer);
  }
}
