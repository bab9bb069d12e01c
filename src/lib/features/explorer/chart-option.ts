import type { ExplorerAnswer } from '#contracts/screens/explorer';
import { cellText, toNumber, type ChartChoice } from './chart-choice.ts';

/** Colours and type of the page, read from its tokens. */
export interface ChartLook {
  readonly text: string;
  readonly line: string;
  readonly palette: readonly string[];
  /** Colours of series and slices with a meaning of their own, by name. */
  readonly named: Readonly<Record<string, string>>;
  readonly font: string;
}

type Answer = Pick<ExplorerAnswer, 'columns' | 'rows'>;

/** What ECharts draws. Values are drawn as answered; several rows at one place are added up. */
export function chartOption(answer: Answer, choice: ChartChoice, look: ChartLook): Record<string, unknown> {
  const base = {
    color: look.palette,
    animation: false,
    aria: { enabled: true, decal: { show: choice.kind === 'pie' || choice.kind === 'stacked' } },
    textStyle: { color: look.text, fontFamily: look.font },
    // Drawn, not written as HTML: the page's policy lets in no styles from attributes.
    tooltip: {
      trigger: choice.kind === 'scatter' || choice.kind === 'pie' ? 'item' : 'axis',
      renderMode: 'richText',
    },
    grid: { left: 8, right: 16, top: 36, bottom: 8, containLabel: true },
  };
  if (choice.kind === 'pie') return { ...base, series: [pieSeries(answer, choice, look)] };
  if (choice.kind === 'heat') return { ...base, ...heatMap(answer, choice, look) };
  if (choice.kind === 'scatter') return { ...base, ...scatter(answer, choice, look) };
  return { ...base, ...cartesian(answer, choice, look) };
}

const labelsOf = ({ rows }: Answer, at: number): string[] => [
  ...new Set(rows.map((row) => cellText(row[at]))),
];

function sums(
  { rows }: Answer,
  { x, y }: ChartChoice,
  keep: (row: readonly unknown[]) => boolean,
): Map<string, number> {
  const found = new Map<string, number>();
  for (const row of rows.filter(keep)) {
    const label = cellText(row[x]);
    found.set(label, (found.get(label) ?? 0) + (toNumber(row[y]) ?? 0));
  }
  return found;
}

function cartesian(answer: Answer, choice: ChartChoice, look: ChartLook): object {
  const labels = labelsOf(answer, choice.x);
  const { series: by } = choice;
  const names = by === null ? [answer.columns[choice.y]?.name ?? ''] : labelsOf(answer, by);
  const series = names.map((name) => {
    const found = sums(answer, choice, (row) => by === null || cellText(row[by]) === name);
    return {
      name,
      ...(look.named[name] === undefined
        ? {}
        : { itemStyle: { color: look.named[name] }, color: look.named[name] }),
      type: choice.kind === 'bar' || choice.kind === 'stacked' ? 'bar' : 'line',
      data: labels.map((label) => found.get(label) ?? null),
      ...(choice.kind === 'stacked' ? { stack: 'all' } : {}),
      ...(choice.kind === 'area' ? { areaStyle: { opacity: 0.2 } } : {}),
      showSymbol: labels.length < 60,
      emphasis: { focus: 'series' },
    };
  });
  return {
    legend: { show: names.length > 1, top: 0, type: 'scroll', textStyle: { color: look.text } },
    xAxis: { type: 'category', data: labels, ...axis(look) },
    yAxis: { type: 'value', min: (span: { min: number }) => Math.min(0, span.min), ...axis(look) },
    series,
  };
}

function pieSeries(answer: Answer, choice: ChartChoice, look: ChartLook): object {
  const data = [...sums(answer, choice, () => true)].map(([name, value]) => ({
    name,
    value,
    ...(look.named[name] === undefined ? {} : { itemStyle: { color: look.named[name] } }),
  }));
  return { type: 'pie', radius: ['40%', '70%'], data, label: { formatter: '{b}: {c} ({d} %)' } };
}

function scatter(answer: Answer, { x, y }: ChartChoice, look: ChartLook): object {
  const data = answer.rows.map((row) => [toNumber(row[x]), toNumber(row[y])]);
  const named = (at: number) => ({ name: answer.columns[at]?.name, type: 'value', ...axis(look) });
  return { xAxis: named(x), yAxis: named(y), series: [{ type: 'scatter', data, symbolSize: 7 }] };
}

function heatMap(answer: Answer, choice: ChartChoice, look: ChartLook): object {
  const columns = labelsOf(answer, choice.x);
  const by = choice.series ?? choice.x;
  const lines = labelsOf(answer, by);
  const data = answer.rows.map((row) => [
    columns.indexOf(cellText(row[choice.x])),
    lines.indexOf(cellText(row[by])),
    toNumber(row[choice.y]) ?? 0,
  ]);
  const values = data.map(([, , value]) => value ?? 0);
  return {
    tooltip: { trigger: 'item', renderMode: 'richText' },
    xAxis: { type: 'category', data: columns, ...axis(look) },
    yAxis: { type: 'category', data: lines, ...axis(look) },
    visualMap: {
      min: Math.min(0, ...values),
      max: Math.max(1, ...values),
      show: false,
      inRange: { color: [look.line, look.palette[0] ?? look.text] },
    },
    series: [{ type: 'heatmap', data, label: { show: data.length <= 200 } }],
  };
}

const axis = (look: ChartLook) => ({
  axisLabel: { color: look.text, hideOverlap: true },
  axisLine: { lineStyle: { color: look.line } },
  splitLine: { lineStyle: { color: look.line } },
});
