export interface Match {
  before: string;
  hit: string;
  after: string;
}

/** Splits a label around the first place where the searched text stands, ignoring case. */
export function markMatch(label: string, searched: string): Match {
  const text = searched.trim();
  const at = text === '' ? -1 : label.toLowerCase().indexOf(text.toLowerCase());
  if (at < 0) return { before: label, hit: '', after: '' };
  return {
    before: label.slice(0, at),
    hit: label.slice(at, at + text.length),
    after: label.slice(at + text.length),
  };
}
