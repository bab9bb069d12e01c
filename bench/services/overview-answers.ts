/** Answers of two engines in one form, so that they can be compared: lists without an order are sorted. */
type Row = Readonly<Record<string, unknown>>;

const asRow = (row: object): Row => row as Row;
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const numbers = (value: unknown): number[] => list(value).map(Number);
const inOrder = (values: readonly number[]): number[] => values.toSorted((a, b) => a - b);
const weights: Readonly<Record<string, number>> = { none: 0, green: 1, yellow: 2, stale: 3, red: 4 };

export function plainStanding(rows: readonly object[]): unknown {
  return rows
    .map(asRow)
    .map((row) => {
      const lives = list(row['states_to_come']);
      const thens = list(row['states_then']);
      const people = numbers(row['people']);
      const states = numbers(row['states']).map((state, at) => ({
        state,
        people: people[at],
        thens: inOrder(numbers(thens[at])),
        toCome: list(lives[at])
          .map((each) => numbers(each).join())
          .toSorted(),
      }));
      return {
        division: String(row['division_id']),
        name: String(row['division_name']),
        locations: list(row['locations']).map(String).toSorted(),
        states: states.toSorted((a, b) => a.state - b.state),
        due: inOrder(numbers(row['due'])),
      };
    })
    .toSorted((a, b) => (a.division < b.division ? -1 : 1));
}

export function plainTrend(rows: readonly object[]): unknown {
  const lines = rows.map(asRow).map((row) => {
    const counts = ['red', 'stale', 'yellow', 'green', 'on_hold'].map((name) => Number(row[name] ?? 0));
    return [String(row['day']), String(row['module']), ...counts].join();
  });
  return lines.toSorted();
}

export function plainChanges(rows: readonly object[]): unknown {
  const same = ['id', 'employee_id', 'name', 'division_id', 'location_id', 'job_role_id', 'module'];
  const text = ['short', 'summary', 'lead_rule_id'];
  return rows
    .map(asRow)
    .map((row) => [
      ...[...same, ...text].map((name) => String(row[name])),
      Number(row['from_weight'] ?? weights[String(row['from_flag'])]),
      Number(row['to_weight'] ?? weights[String(row['to_flag'])]),
      row['from_hold'] === true,
      row['to_hold'] === true,
      Number(row['total']),
      Number(row['worse']),
    ]);
}
