// Floors and ranks, mechanically. See docs/architecture.md.
const ranks = [
  ['audit'],
  ['identity'],
  ['approvals', 'need-to-know', 'legal-holds'],
  ['people'],
  ['api-access', 'provisioning'],
  ['folding'],
  ['documents'],
  ['drug-alcohol', 'background', 'dot', 'health', 'training', 'geofence'],
  ['records'],
  ['flags'],
  ['alerts'],
  ['reviews', 'incidents'],
  ['policy-driver'],
  ['privacy'],
];

/** A module may import faces of lower ranks only: forbid every module of its own rank (but itself) and above. */
const rankRules = ranks.flatMap((names, rank) =>
  names.map((name) => ({
    name: `rank-${name}`,
    comment: 'Modules import faces of lower ranks only; upward talk is by events through the outbox.',
    severity: 'error',
    from: { path: `^domain/${name}/` },
    to: {
      path: `^domain/(${
        ranks
          .slice(rank)
          .flat()
          .filter((other) => other !== name)
          .join('|') || '-'
      })/`,
    },
  })),
);

/** One file or folder imports each driver. */
const drivers = [
  ['@electric-sql/', '^platform/postgres/'],
  ['pg$', '^platform/postgres/'],
  ['chdb', '^platform/clickhouse/'],
  ['@clickhouse/', '^(platform/clickhouse|warehouse)/'],
  ['pg-boss', '^platform/jobs/'],
  ['kafkajs', '^platform/event-log/kafka/kafkajs'],
  ['@platformatic/kafka', '^platform/event-log/kafka/platformatic'],
  ['pino', '^platform/log/'],
  ['prom-client', '^platform/telemetry/'],
  ['@opentelemetry/', '^platform/telemetry/'],
  ['@anthropic-ai/', '^rag/assistant/claude'],
  ['@aws-sdk/', '^platform/keys/aws-kms'],
  ['better-auth', '^domain/identity/'],
  ['@better-auth/', '^domain/identity/'],
  ['@node-rs/argon2', '^domain/identity/'],
  ['@zxcvbn-ts/', '^domain/identity/'],
  ['nodemailer', '^platform/mail/'],
  ['uqr', '^src/lib/features/security/'],
  ['rate-limiter-flexible', '^platform/rate-limits/'],
  ['typeid-js', '^platform/ids/'],
  ['scim2-parse-filter', '^domain/provisioning/filter'],
  ['standardwebhooks', '^(ingest/sources/standard-webhooks|demo)/'],
  ['ipaddr\\.js', '^platform/addresses/'],
  ['undici', '^platform/outgoing/'],
  ['file-type', '^platform/intake/'],
  ['yauzl', '^(platform/intake|scripts)/'],
  ['maxmind', '^platform/geography/'],
  ['@huggingface/', '^rag/embedding/'],
  ['unpdf', '^rag/formats/'],
  ['mammoth', '^rag/formats/'],
  ['parse5', '^rag/formats/'],
  ['@codemirror/', '^src/lib/features/explorer/code-editor'],
  ['@lezer/', '^src/lib/features/explorer/code-editor'],
  ['echarts', '^src/lib/features/explorer/draw-chart'],
  ['ws$', '^(src/lib/server/live|tests/|demo/|bench/)'],
];
const driverRules = drivers.map(([driver, home]) => ({
  name: `one-home-${driver.replace(/\W/g, '')}`,
  comment: 'Each driver has one file or folder that imports it.',
  severity: 'error',
  from: { pathNot: [home, '\\.test\\.ts$', '^(tests|bench)/'] },
  to: { path: `node_modules/${driver}`, dependencyTypesNot: ['type-only'] },
}));

module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'Type-only imports vanish when the program runs.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'contracts-stand-alone',
      severity: 'error',
      from: { path: '^src/lib/contracts/' },
      to: { path: '^(platform|domain|warehouse|ingest|rag|demo|src/(?!lib/contracts/))' },
    },
    {
      name: 'platform-knows-no-domain',
      severity: 'error',
      from: { path: '^platform/' },
      to: { path: '^(domain|warehouse|ingest|rag|demo|src/(?!lib/contracts/))' },
    },
    {
      name: 'domain-below-delivery',
      severity: 'error',
      from: { path: '^domain/' },
      to: { path: '^(warehouse|ingest|rag|demo|src/(?!lib/contracts/))' },
    },
    {
      name: 'warehouse-floor',
      severity: 'error',
      from: { path: '^warehouse/' },
      to: { path: '^(ingest|rag|demo|src/(?!lib/contracts/)|domain/(?!identity/))' },
    },
    {
      name: 'ingest-floor',
      severity: 'error',
      from: { path: '^ingest/' },
      to: { path: '^(rag|demo|src/(?!lib/contracts/))' },
    },
    {
      name: 'rag-floor',
      severity: 'error',
      from: { path: '^rag/' },
      to: { path: '^(ingest|demo|src/(?!lib/contracts/))' },
    },
    {
      name: 'server-below-wiring',
      severity: 'error',
      from: { path: '^src/lib/server/', pathNot: '^src/lib/server/app\\.ts$' },
      to: {
        path: '^(demo|cli\\.ts|cli/|src/(server|process|roles)\\.ts|src/lib/server/app\\.ts|src/(routes|lib/(client|ui|charts|features))/)',
      },
    },
    {
      name: 'browser-takes-types-only',
      severity: 'error',
      from: { path: '^src/(routes|lib/(client|ui|charts|features))/', pathNot: '\\.test\\.ts$' },
      to: {
        path: '^(platform|domain|warehouse|ingest|rag|demo|src/lib/server)/',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'nobody-imports-the-roots',
      severity: 'error',
      from: {
        pathNot: [
          '^(src/(server|process|roles)\\.ts|src/lib/server/app\\.ts|cli\\.ts|cli/|demo/|tests/|bench/|migrations/|scripts/|vite\\.config\\.ts)',
          '\\.test\\.ts$',
        ],
      },
      to: {
        path: '^(cli\\.ts|cli/|src/(server|process|roles)\\.ts|src/lib/server/app\\.ts|demo/|tests/)',
      },
    },
    {
      name: 'faces-only',
      comment: 'Another module is reached by its face.',
      severity: 'error',
      from: { path: '^domain/([^/]+)/', pathNot: '\\.test\\.ts$' },
      to: { path: '^domain/([^/]+)/(?!index\\.ts$)', pathNot: '^domain/$1/' },
    },
    {
      name: 'platform-faces-only',
      severity: 'error',
      from: { path: '^platform/([^/]+)/', pathNot: '\\.test\\.ts$' },
      to: { path: '^platform/([^/]+)/(?!index\\.ts$)', pathNot: '^platform/$1/' },
    },
    {
      name: 'not-to-unresolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '^(\\$app|\\$service-worker|\\./\\$types|\\.\\./build)' },
    },
    ...rankRules,
    ...driverRules,
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(build|\\.svelte-kit)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['node', 'import', 'svelte', 'default'],
    },
  },
};
