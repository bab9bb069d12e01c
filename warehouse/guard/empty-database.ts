/** A database that never holds a table (migration 0160). One for all databases of an engine. */
export const emptyDatabase = 'plumbline_nothing';
