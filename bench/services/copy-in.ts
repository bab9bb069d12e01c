import type { Client, Connection, Submittable } from 'pg';

/** What `pg`'s connection can do for COPY beyond its type declarations. */
interface CopyConnection extends Connection {
  sendCopyFromChunk(chunk: Buffer): void;
  endCopyFrom(): void;
}

/** COPY … FROM STDIN with text rows, one message to the server after the other. */
export function copyInto(
  client: Client,
  table: string,
  columns: readonly string[],
  text: string,
): Promise<void> {
  const chunk = Buffer.from(text);
  return new Promise((resolve, reject) => {
    const copy = {
      submit: (connection: Connection) =>
        connection.query(`copy ${table} (${columns.join(', ')}) from stdin`),
      handleCopyInResponse: (connection: CopyConnection) => {
        for (let at = 0; at < chunk.length; at += chunkBytes) {
          connection.sendCopyFromChunk(chunk.subarray(at, at + chunkBytes));
        }
        connection.endCopyFrom();
      },
      handleCommandComplete: () => {},
      handleReadyForQuery: () => resolve(),
      handleError: (error: Error) => reject(error),
    };
    client.query(copy as Submittable);
  });
}

const chunkBytes = 64 * 1024;
