import { Duplex } from 'node:stream';
import { terminate, welcome } from './protocol.ts';
import type { Exec, Session } from './session.ts';

interface Chunk {
  chunk: Uint8Array;
}

type Done = (error?: Error | null) => void;

/**
 * What the `pg` driver takes for its socket: hands whole batches of its messages to the session and the bytes of the
 * answer back, read by nobody on the way. The driver corks the stream for a parameterised query, so its five
 * messages arrive here, and run in the engine, as one.
 */
export class EngineStream extends Duplex {
  readonly #session: Session;
  #exec: Exec | undefined;

  constructor(session: Session) {
    super();
    this.#session = session;
  }

  /** The rest of a socket's face that the driver uses. */
  connect(): this {
    process.nextTick(() => this.emit('connect'));
    return this;
  }
  setNoDelay(): this {
    return this;
  }
  setKeepAlive(): this {
    return this;
  }
  ref(): this {
    return this;
  }
  unref(): this {
    return this;
  }

  override _write(chunk: Uint8Array, _encoding: string, done: Done): void {
    this.#send([chunk], done);
  }

  override _writev(chunks: Chunk[], done: Done): void {
    this.#send(
      chunks.map(({ chunk }) => chunk),
      done,
    );
  }

  override _read(): void {}

  override _final(done: Done): void {
    this.push(null);
    done();
  }

  #send(messages: readonly Uint8Array[], done: Done): void {
    this.#answer(messages).then((answer) => {
      // Frees the way for the next batch before the driver reads this one.
      done();
      if (answer !== null && !this.destroyed) this.push(answer);
    }, done);
  }

  async #answer(messages: readonly Uint8Array[]): Promise<Uint8Array | null> {
    if (this.#exec === undefined) {
      // The driver's first message, its start-up packet: there is one user, one database and no password.
      this.#exec = await this.#session.connect();
      return welcome;
    }
    // A real server ends the connection at this message; here it would end the engine.
    const wanted = messages.filter(([kind]) => kind !== terminate);
    if (wanted.length === 0) return null;
    const answer = await this.#exec(Buffer.concat(wanted));
    return Buffer.from(answer.buffer, answer.byteOffset, answer.byteLength);
  }
}
