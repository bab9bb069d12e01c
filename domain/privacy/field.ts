/**
 * How closely a value is kept.
 * public: anybody may know. internal: the company's working data. pii: tells who somebody is, or of them. phi: health and
 * test results. criminal: criminal history and what follows from it.
 */
export const fieldClasses = ['public', 'internal', 'pii', 'phi', 'criminal'] as const;
export type FieldClass = (typeof fieldClasses)[number];

/** What erasing a person does with a table's rows about them. */
export type OnErasure =
  /** The rows go. */
  | 'remove'
  /** The row stays, with its personal values replaced (`erase.postgres.ts`). */
  | 'replace'
  /** The rows stay; what is personal in them is under the person's key, which is destroyed. */
  | 'shred'
  /** The rows stay as they are: the table says why. */
  | { readonly keep: string };

export interface TableFields {
  /** Column that names the person whom the row is about, when there is one. */
  readonly person?: string;
  readonly onErasure?: OnErasure;
  /** Encrypted columns, each with the columns that name its row to the keys (`Place.row`), with spaces between. */
  readonly sealed?: Readonly<Record<string, string>>;
  readonly fields: Readonly<Record<string, FieldClass>>;
}

type Columns = Partial<Readonly<Record<FieldClass, string>>>;

/** Columns by class, each class a list of names with spaces between. */
export function table(columns: Columns, about: Omit<TableFields, 'fields'> = {}): TableFields {
  const fields: Record<string, FieldClass> = {};
  for (const name of fieldClasses) {
    for (const column of (columns[name] ?? '').split(' ')) if (column !== '') fields[column] = name;
  }
  return { ...about, fields };
}
