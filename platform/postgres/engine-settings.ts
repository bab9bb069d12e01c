import { PGlite } from '@electric-sql/pglite';
import { pg_trgm } from '@electric-sql/pglite/contrib/pg_trgm';
import { vector } from '@electric-sql/pglite-pgvector';

/** Extensions that migrations may `create`. All are available on a stock server with pgvector. */
export const extensions = { vector, pg_trgm };

const small = ['-c', 'shared_buffers=32MB'];

/** In memory there is nothing to sync. */
export const memoryStartParams: string[] = [...PGlite.defaultStartParams, ...small];

/**
 * On disk: fsync on (the default `-F` turns it off). There is no checkpointer, so `max_wal_size` only tells how many
 * segments a checkpoint keeps for use again; upkeep.ts checkpoints.
 */
export const durableStartParams: string[] = [
  ...PGlite.defaultStartParams.filter((param) => param !== '-F'),
  ...small,
  ...['fsync=on', 'wal_sync_method=fsync', 'max_wal_size=256MB', 'min_wal_size=64MB'].flatMap((setting) => [
    '-c',
    setting,
  ]),
];
