/**
 * Who may read a column's values. `plain`: ids, kinds, instants, counts. `personal`: tells who it is about.
 * `protected`: tells something about the person that the law protects (test results, health, criminal records).
 */
export type Sensitivity = 'plain' | 'personal' | 'protected';

export interface Column {
  /** ClickHouse type, as `system.columns` prints it. */
  readonly type: string;
  readonly meaning: string;
  readonly sensitivity: Sensitivity;
}

export interface Table {
  readonly meaning: string;
  /** What one row stands for. */
  readonly grain: string;
  /** False for tables that hold the warehouse's own bookkeeping. */
  readonly explorable: boolean;
  readonly columns: Readonly<Record<string, Column>>;
}

/** A row of the table as it is inserted: every column, nothing else. */
export type RowOf<T extends Table> = Readonly<Record<keyof T['columns'] & string, unknown>>;

const column =
  (sensitivity: Sensitivity) =>
  (type: string, meaning: string): Column => ({ type, meaning, sensitivity });

export const plain = column('plain');
export const personal = column('personal');
export const protectedColumn = column('protected');

export const instant = "DateTime64(3, 'UTC')";
export const word = 'LowCardinality(String)';
/** Ordered by trouble: the higher, the graver. */
export const flag = "Enum8('none' = 0, 'green' = 1, 'yellow' = 2, 'stale' = 3, 'red' = 4)";

/** Where the row came from in the event log; together they make loading repeatable. */
export const logPosition = {
  log_topic: plain(word, 'Topic of the event log that carried the row.'),
  log_partition: plain('UInt32', 'Partition of the topic.'),
  log_offset: plain('UInt64', 'Offset within the partition.'),
};
