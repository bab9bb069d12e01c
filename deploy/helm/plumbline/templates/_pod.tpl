{{- define "plumbline.labels" -}}
app.kubernetes.io/name: plumbline
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{- define "plumbline.selector" -}}
app.kubernetes.io/name: plumbline
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .role }}
{{- end }}

{{- define "plumbline.image" -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end }}

{{- define "plumbline.fromSecret" -}}
valueFrom: { secretKeyRef: { name: {{ .name | quote }}, key: {{ .key | quote }} } }
{{- end }}

{{/* The environment of every role; secrets by reference only. */}}
{{- define "plumbline.env" -}}
- name: DATABASE_URL
  {{ include "plumbline.fromSecret" .Values.secrets.database }}
- name: MASTER_KEYS
  {{ include "plumbline.fromSecret" .Values.secrets.masterKeys }}
- name: CLICKHOUSE_URL
  value: {{ .Values.clickhouse.url | quote }}
- name: CLICKHOUSE_USER
  value: {{ .Values.clickhouse.user | quote }}
- name: CLICKHOUSE_DATABASE
  value: {{ .Values.clickhouse.database | quote }}
- name: CLICKHOUSE_PASSWORD
  {{ include "plumbline.fromSecret" .Values.secrets.clickhouse }}
{{- with .Values.clickhouse.cluster }}
- name: CLICKHOUSE_CLUSTER
  value: {{ . | quote }}
{{- end }}
{{- if .Values.kafka.brokers }}
- name: KAFKA_BROKERS
  value: {{ .Values.kafka.brokers | quote }}
{{- with .Values.kafka.prefix }}
- name: KAFKA_PREFIX
  value: {{ . | quote }}
{{- end }}
- name: KAFKA_TLS
  value: {{ .Values.kafka.tls | quote }}
{{- if .Values.kafka.sasl }}
- name: KAFKA_SASL_MECHANISM
  value: {{ .Values.kafka.sasl | quote }}
{{- $kafka := .Values.secrets.kafka }}
- name: KAFKA_SASL_USERNAME
  {{ include "plumbline.fromSecret" (dict "name" $kafka.name "key" $kafka.usernameKey) }}
- name: KAFKA_SASL_PASSWORD
  {{ include "plumbline.fromSecret" (dict "name" $kafka.name "key" $kafka.passwordKey) }}
{{- end }}
{{- end }}
{{- range $name, $value := .Values.env }}
- name: {{ $name }}
  value: {{ $value | quote }}
{{- end }}
{{- end }}

{{/* What every pod has in common. */}}
{{- define "plumbline.podSpec" -}}
automountServiceAccountToken: false
# Kubernetes would add PLUMBLINE_…_PORT for our own services, which look like misspelt settings.
enableServiceLinks: false
securityContext:
  runAsNonRoot: true
  runAsUser: 1000
  runAsGroup: 1000
  seccompProfile: { type: RuntimeDefault }
{{- with .Values.imagePullSecrets }}
imagePullSecrets: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.nodeSelector }}
nodeSelector: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations: {{- toYaml . | nindent 2 }}
{{- end }}
volumes:
  - name: temporary
    emptyDir: { sizeLimit: 256Mi }
{{- end }}

{{- define "plumbline.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: { drop: [ALL] }
{{- end }}
