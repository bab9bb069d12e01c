# One image for every role: `docker run plumbline web`, `ingest`, `worker`, `migrate`, `admin …`.
# The embedded engines are not in it: a container's roles share Postgres, ClickHouse and Kafka.
FROM node:24-bookworm-slim AS sources
WORKDIR /app
COPY package.json package-lock.json .npmrc ./

FROM sources AS build
RUN npm ci --ignore-scripts
COPY . .
RUN npm run build

FROM sources AS dependencies
# Optional packages are Node itself for machines without it, and the engine of embedded analytics.
RUN npm ci --ignore-scripts --omit=dev --omit=optional

FROM node:24-bookworm-slim
ENV NODE_ENV=production HOST=0.0.0.0 PORT=8080 PLUMBLINE_DATA=/tmp/plumbline
WORKDIR /app
COPY --from=dependencies /app/node_modules node_modules
COPY . .
COPY --from=build /app/build build
USER node
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + process.env.PORT + '/health/live').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "cli.ts"]
CMD ["web"]
